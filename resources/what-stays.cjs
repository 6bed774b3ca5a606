// Says what `serverless remove` leaves in the account, and how to remove that too: buckets that hold something, which
// CloudFormation does not remove, earlier versions of the layers, which are kept for earlier versions of functions, and keys.

const { fromFramework, s3Client } = require('./framework.cjs');

const MEGABYTE = 1e6;

class WhatStays {
  constructor(serverless, _options, { log }) {
    const provider = serverless.getProvider('aws');
    const names = { service: serverless.service.service, stage: provider.getStage() };
    const tell = async (look) => {
      try {
        const config = { ...(await provider.getAwsSdkV3Config()), region: provider.getRegion() };
        for (const line of await look(config)) log.warning(line);
      } catch (error) {
        // What is removed does not depend on what is said of it.
        log.warning(
          `What stays could not be found out (${error.message}); docs/operate.md of @freezeframe/cli says what it may be.`,
        );
      }
    };
    this.hooks = {
      'before:remove:remove': () => tell((config) => filledBuckets(config, provider.naming.getStackName())),
      'after:remove:remove': () => tell((config) => layersAndKeys(config, names)),
    };
  }
}

/** Said before: removing fails over them, after everything else is gone. */
async function filledBuckets(config, StackName) {
  const { CloudFormationClient, DescribeStackResourcesCommand } = fromFramework('@aws-sdk/client-cloudformation');
  const { ListObjectVersionsCommand } = fromFramework('@aws-sdk/client-s3');
  const { StackResources = [] } = await new CloudFormationClient(config).send(
    new DescribeStackResourcesCommand({ StackName }),
  );
  const s3 = s3Client(config);
  const lines = [];
  for (const { ResourceType, LogicalResourceId, PhysicalResourceId: Bucket } of StackResources) {
    // The framework empties its own.
    if (ResourceType !== 'AWS::S3::Bucket' || !Bucket || LogicalResourceId === 'ServerlessDeploymentBucket') continue;
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
    if (Versions.length + DeleteMarkers.length === 0) continue;
    lines.push(
      `The bucket ${Bucket} holds objects: it stays, and costs, and removing ends with an error over it. ` +
        `Empty it, and remove again: aws s3 rm s3://${Bucket} --recursive --region ${config.region}`,
    );
  }
  return lines;
}

async function layersAndKeys(config, { service, stage }) {
  const { LambdaClient, paginateListLayerVersions, GetLayerVersionCommand } = fromFramework('@aws-sdk/client-lambda');
  const { paginateGetParametersByPath, SSMClient } = fromFramework('@aws-sdk/client-ssm');
  const lambda = new LambdaClient(config);
  const lines = [];
  for (const LayerName of [`${service}-${stage}-inference`, `${service}-${stage}-model`]) {
    const versions = [];
    for await (const page of paginateListLayerVersions({ client: lambda }, { LayerName })) {
      versions.push(...(page.LayerVersions ?? []).map(({ Version }) => Version));
    }
    if (versions.length === 0) continue;
    let bytes = 0;
    for (const VersionNumber of versions) {
      const { Content } = await lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber }));
      bytes += Content?.CodeSize ?? 0;
    }
    lines.push(
      `${count(versions.length, 'version')} of the layer ${LayerName} (${Math.ceil(bytes / MEGABYTE)} MB of the ` +
        "region's 75 GB for code; they cost nothing) stay for earlier functions. Remove each: " +
        `aws lambda delete-layer-version --layer-name ${LayerName} --region ${config.region} --version-number ${versions.join('|')}`,
    );
  }
  const Path = `/${service}/${stage}/keys`;
  const names = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: new SSMClient(config) }, { Path })) {
    names.push(...Parameters.map(({ Name }) => Name));
  }
  if (names.length > 0) {
    lines.push(
      `${count(names.length, 'key')} below ${Path} stay in Parameter Store, which costs nothing. Remove them: ` +
        inTens(names)
          .map((ten) => `aws ssm delete-parameters --region ${config.region} --names ${ten.join(' ')}`)
          .join(' && '),
    );
  }
  return lines;
}

/** Parameter Store removes ten at a time, and refuses more. */
function inTens(names) {
  return names.length === 0 ? [] : [names.slice(0, 10), ...inTens(names.slice(10))];
}

function count(number, word) {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

module.exports = WhatStays;
