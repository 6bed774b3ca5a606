// Gives each function the alias `live`, on the version that this deployment publishes, and makes everything that calls the
// function call the alias. Moving it (aws lambda update-alias) takes a function back to an earlier version in a second;
// versions of earlier deployments are kept. The framework makes aliases only for provisioned concurrency; this uses the same
// way in.

const NAME = 'live';

class LiveAlias {
  constructor(serverless) {
    const functions = () =>
      serverless.service.getAllFunctions().map((name) => ({
        logicalId: serverless.getProvider('aws').naming.getLambdaLogicalId(name),
        fn: serverless.service.getFunction(name),
      }));
    this.hooks = {
      // Before routes, permissions and sources are made for the functions.
      initialize: () => {
        for (const { logicalId, fn } of functions())
          fn.targetAlias = { name: NAME, logicalId: `${logicalId}LiveAlias` };
      },
      'after:package:compileFunctions': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const { logicalId, fn } of functions()) {
          Resources[fn.targetAlias.logicalId] = {
            Type: 'AWS::Lambda::Alias',
            Properties: {
              Name: NAME,
              FunctionName: { Ref: logicalId },
              FunctionVersion: { 'Fn::GetAtt': [fn.versionLogicalId, 'Version'] },
            },
          };
        }
        for (const [id, resource] of Object.entries(Resources)) {
          if (resource.Type !== 'AWS::Lambda::EventInvokeConfig') continue;
          const called = functions().find((one) => one.logicalId === resource.Properties.FunctionName?.Ref);
          if (!called) continue;
          // An alias is named in these by its name, which CloudFormation does not see.
          resource.DependsOn = called.fn.targetAlias.logicalId;
          // Whoever invokes the function without naming the alias gets the same care.
          const Properties = { ...resource.Properties, Qualifier: '$LATEST' };
          Resources[`${id}Latest`] = { Type: resource.Type, Properties };
        }
      },
    };
  }
}

module.exports = LiveAlias;
