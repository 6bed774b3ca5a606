// The framework uploads a layer that has not changed once, and later deployments name the zip in the folder of the first.
// That folder is removed when it is the sixth last, and going back to a deployment that is kept would find no layer. What
// kept deployments name stays.

const { fromFramework, s3Client } = require('./framework.cjs');

class KeptLayers {
  constructor(serverless, _options, { log }) {
    const provider = serverless.getProvider('aws');
    this.hooks = {
      'before:aws:deploy:finalize:cleanup': () => {
        for (const plugin of serverless.pluginManager.plugins) {
          if (!('getObjectsToRemove' in plugin)) continue;
          const chosen = plugin.getObjectsToRemove.bind(plugin);
          plugin.getObjectsToRemove = async () => {
            const objects = await chosen();
            if (objects.length === 0) return objects;
            try {
              const place = {
                Bucket: plugin.bucketName,
                Prefix: `${provider.getDeploymentPrefix()}/${serverless.service.service}/${provider.getStage()}/`,
              };
              const needed = await namedLayers(await provider.getAwsSdkV3Config(), place, objects);
              return objects.filter(({ Key }) => !needed.has(Key));
            } catch (error) {
              log.warning(
                `Earlier deployments are not removed: which layers they share is not known (${error.message}).`,
              );
              return [];
            }
          };
        }
      },
    };
  }
}

/** Keys of the zips that deployments name which are not among those to be removed. */
async function namedLayers(config, { Bucket, Prefix }, removed) {
  const { GetObjectCommand, paginateListObjectsV2 } = fromFramework('@aws-sdk/client-s3');
  const client = s3Client(config);
  const gone = new Set(removed.map(({ Key }) => Key));
  const named = new Set();
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    for (const { Key } of Contents) {
      if (!Key.endsWith('/compiled-cloudformation-template.json') || gone.has(Key)) continue;
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const { Resources } = JSON.parse(await Body.transformToString());
      for (const { Type, Properties } of Object.values(Resources)) {
        if (Type === 'AWS::Lambda::LayerVersion') named.add(Properties.Content.S3Key);
      }
    }
  }
  return named;
}

module.exports = KeptLayers;
