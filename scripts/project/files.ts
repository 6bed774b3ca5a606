/** What a new project is made with. */
export interface ProjectNames {
  /** Of the npm package and of the service. */
  readonly name: string;
  /** Of `@freezeframe/cli` and `@freezeframe/inference`. */
  readonly version: string;
}

/** What a project installs: name -> range. */
export function projectPackages(version: string): Readonly<Record<string, string>> {
  return {
    '@freezeframe/cli': `^${version}`,
    '@freezeframe/inference': `^${version}`,
    // The Serverless Framework's free continuation.
    serverless: 'npm:osls@^4.3.1',
  };
}

/** Path -> text of everything that a new project consists of. */
export function projectFiles({ name, version }: ProjectNames): ReadonlyMap<string, string> {
  return new Map([
    ['package.json', `${JSON.stringify(manifest(name, version), null, 2)}\n`],
    ['serverless.yml', stack(name)],
    ['photos/README.md', PHOTOS],
    ['test/classifier.test.js', TEST],
    ['README.md', readme(name)],
    ['.gitignore', 'node_modules/\n.freezeframe/\nbuild/\n.serverless/\n'],
    ['.npmrc', NPMRC],
  ]);
}

function manifest(name: string, version: string): object {
  return {
    name,
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: { start: 'freezeframe start', test: 'node --test', deploy: 'freezeframe deploy' },
    devDependencies: projectPackages(version),
  };
}

const stack = (
  name: string,
) => `# What \`npx freezeframe deploy\` puts into an AWS account. All that is not said here is as the package says.
service: ${name}
frameworkVersion: ^4.3.0
plugins:
  - '@freezeframe/cli/stack'
provider:
  name: aws

# Settings; those of a stage go below its name, as in "prod: { memory: 3008 }".
params:
  default:
    # Who may call: key, iam, jwt or public.
    access: key
    # The processor of the functions. arm64 costs a fifth less; bundle for the same one.
    architecture: x86_64
    # MB of each function.
    memory: 1769
    # Who is told when an alarm changes.
    alarmEmail: ''

# Handlers of your own: functions/thumbnail/index.ts is bundled beside the same models and libraries.
# functions:
#   thumbnail:
#     role: ClassifyRole
#     events:
#       - httpApi: POST /thumbnail
`;

const PHOTOS = `# Photographs

One folder per class, named after what is on the pictures; 20 of each are a beginning:

    photos/cat/one.jpg
    photos/dog/another.jpg

\`npx freezeframe start\` trains on them. While there are none, it trains a sample: drawn garden gnomes.
JPEG, PNG, WebP, GIF, AVIF and TIFF are read.
`;

const TEST = `import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { listModels, loadClassifier } from '@freezeframe/inference';

const modelsDir = 'build/layers/model/models';

test('the bundled model loads and names its classes', { skip: !existsSync(modelsDir) && 'run npx freezeframe bundle first' }, async () => {
  const [{ name, version }] = await listModels(modelsDir);
  const classifier = await loadClassifier({ modelsDir, name, version });
  assert.ok(classifier.manifest.output.labels.length > 1);
});
`;

const NPMRC = `# Nothing runs while packages are installed: onnxruntime-node would fetch CUDA libraries that nothing here uses.
ignore-scripts=true
`;

const readme = (name: string) => `# ${name}

    npx freezeframe start     # trains on photos/ (or a sample), bundles, and answers on http://127.0.0.1:3000
    node --test               # does the bundled model load?
    npx freezeframe deploy    # into your AWS account

In a new project these are \`npm start\`, \`npm test\` and \`npm run deploy\`.

Everything else: \`npx freezeframe --help\`, in this folder. The documents are in \`node_modules/@freezeframe/cli/docs/\`.
`;
