// Makes `serverless package` write the same bytes for the same bundle: resources in one order (the framework writes versions
// as their hashes happen to be ready), and, where SOURCE_DATE_EPOCH says so (seconds since 1970, a commit's time for example;
// https://reproducible-builds.org/specs/source-date-epoch/), its time in the place of now. A deployment needs a time of its
// own, by which `serverless rollback` finds it.

class Reproducible {
  constructor(serverless) {
    const { service } = serverless;
    this.hooks = {
      'before:package:initialize': () => {
        const { SOURCE_DATE_EPOCH: epoch } = process.env;
        if (!epoch) return;
        const provider = serverless.getProvider('aws');
        const date = new Date(Number(epoch) * 1000);
        const folder = `${provider.getDeploymentPrefix()}/${service.service}/${provider.getStage()}`;
        service.package.artifactDirectoryName = `${folder}/${date.getTime()}-${date.toISOString()}`;
      },
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const template = service.provider.compiledCloudFormationTemplate;
        for (const part of ['Resources', 'Outputs']) template[part] = sorted(template[part]);
      },
    };
  }
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

module.exports = Reproducible;
