// The plugin '@freezeframe/cli/stack': what a project's serverless.yml says is added to all that Freezeframe's own says, which
// the package carries as stack.json. Wherever both say something the project has the last word.

const { existsSync, readFileSync } = require('node:fs');
const { join, relative, sep } = require('node:path');
const { fromFramework } = require('./framework.cjs');

/** What the project names itself. */
const THEIRS = ['service', 'frameworkVersion', 'plugins', 'params', 'resources', 'provider'];

class Stack {
  constructor(serverless) {
    const { configurationInput: theirs, serviceDir } = serverless;
    const ours = withPaths(require('./stack.json'), relative(serviceDir, __dirname));
    const set = (name, value) => serverless.extendConfiguration([name], value);
    const { defaults } = require('./parameters.cjs');
    set('params', { ...theirs.params, default: { ...defaults, ...theirs.params?.default } });
    set('provider', merged(ours.provider, providerOf(serverless)));
    set('resources', [...ours.resources, ...[theirs.resources ?? []].flat()]);
    for (const [name, value] of Object.entries(ours)) {
      if (!THEIRS.includes(name)) set(name, merged(value, one(theirs[name])));
    }
    for (const [name, fn] of Object.entries(one(theirs.functions) ?? {})) {
      if (ours.functions[name] || !isBundled(serviceDir, name)) continue;
      set('functions', { ...serverless.configurationInput.functions, [name]: { ...bundled(name, ours), ...fn } });
    }
    // Named in our own file by their paths.
    for (const path of ours.plugins) {
      const Plugin = require(join(__dirname, path.replace(/^.*\//, '')));
      serverless.pluginManager.addPlugin(Object.assign(Plugin, { _serverlessExternalPluginName: '@freezeframe/cli' }));
    }
  }
}

/**
 * What the project says of its provider. By now the framework has put the stage `dev` and a region there, which would hide
 * `--stage` and AWS_REGION: those of them that the file does not say are ours.
 */
function providerOf({ configurationInput, configurationFilename, serviceDir }) {
  const { provider } = configurationInput;
  const { stage, region, ...rest } = isObject(provider) ? provider : { name: provider };
  const file = join(serviceDir, configurationFilename);
  const written = /\.ya?ml$/.test(file) ? providerIn(readYaml(file)) : undefined;
  // What is no YAML was run: there only another value than the framework's own shows that somebody said it.
  const isSaid = (name, value, usual) => (written ? written[name] !== undefined : value !== usual);
  return {
    ...rest,
    // As the framework has it, the command line has the last word.
    ...(isSaid('stage', stage, 'dev') ? { stage: `\${opt:stage, '${stage}'}` } : {}),
    ...(isSaid('region', region, 'us-east-1') ? { region } : {}),
  };
}

function providerIn(config) {
  return isObject(config?.provider) ? config.provider : {};
}

/** As the framework reads it: it knows `!Ref` and the like. */
function readYaml(file) {
  const schema = fromFramework('../lib/utils/serverless-utils/cloudformation-schema.js');
  return fromFramework('js-yaml').load(readFileSync(file, 'utf8'), { schema });
}

/** `freezeframe bundle` makes a function of each such folder. */
function isBundled(serviceDir, name) {
  return ['ts', 'js', 'mjs'].some((ending) => existsSync(join(serviceDir, 'functions', name, `index.${ending}`)));
}

/** A handler of the project, beside the same layers. */
function bundled(name, { functions }) {
  return {
    handler: 'index.handler',
    package: { artifact: `build/functions/${name}.zip` },
    layers: functions.classify.layers,
    // API Gateway waits no longer; whoever is called otherwise may say more.
    timeout: functions.http.timeout,
  };
}

/** Functions may be given as a list of objects. */
function one(value) {
  return Array.isArray(value) ? Object.assign({}, ...value) : value;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(ours, theirs) {
  if (theirs === undefined) return ours;
  if (!isObject(ours) || !isObject(theirs)) return theirs;
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return Object.fromEntries([...names].map((name) => [name, merged(ours[name], theirs[name])]));
}

/** Our file says `file(resources/...)`; from the project they lie elsewhere. */
function withPaths(config, folder) {
  const place = folder.split(sep).join('/');
  return JSON.parse(JSON.stringify(config).replaceAll('file(resources/', () => `file(${place}/`));
}

module.exports = Stack;
