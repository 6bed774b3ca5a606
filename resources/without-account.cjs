// `serverless package` needs no account: the framework would ask CloudFormation whether the layers are those of the last
// deployment, to spare an upload. `serverless deploy` asks, as it has to be answered anyway.

class WithoutAccount {
  constructor(serverless) {
    this.hooks = {
      'before:package:compileLayers': () => {
        if (serverless.processedInput.commands.join(' ') !== 'package') return;
        for (const plugin of serverless.pluginManager.plugins) {
          if ('compareWithLastLayer' in plugin) plugin.compareWithLastLayer = async () => {};
        }
      },
    };
  }
}

module.exports = WithoutAccount;
