import type { FileName } from './files.ts';

/** How the commands of one document are typed. */
export interface Walk {
  /** Files that the document takes for granted. */
  readonly files?: readonly FileName[];
  /** Typed before those of the document, to make what it takes for granted. */
  readonly before?: readonly string[];
  /** Versions of a model `gnomes` that are in the store before. */
  readonly versions?: number;
  /** What stands for a word of the document, found in what the commands before have printed. */
  readonly words?: Readonly<Record<string, RegExp>>;
  /** Commands that are not typed, and why. */
  readonly untyped?: Readonly<Record<string, string>>;
  /** The document begins in an empty folder, and makes its project itself. */
  readonly empty?: boolean;
}

const AWS = 'a program of AWS; test/e2e/stack/ does the same by the SDK';
const THIS_RUN = 'runs the tests, this one among them';

const RELEASE = 'tags and publishes this tree; test/scripts/packages/release/ does so with another one';

/** Every document that prints commands. */
export const WALKS: Readonly<Record<string, Walk>> = {
  'README.md': { empty: true, files: ['picture.jpg'] },
  'docs/project.md': { empty: true },
  'CONTRIBUTING.md': {
    untyped: {
      'npm ci': 'made the modules that run this test',
      'npm test': THIS_RUN,
      'npm run e2e': THIS_RUN,
      'npm run release -- --dry-run': RELEASE,
      'npm run release': RELEASE,
      'npm run packages': 'this test calls what it calls, to have packages to install',
    },
  },
  'docs/photographs.md': {
    files: ['photos', 'somewhere.jpg'],
    untyped: {
      'npx freezeframe train mnist --architecture large-cnn --name digits --epochs 10':
        'ten epochs of 60,000 pictures take minutes; tests of training run one with fewer',
    },
  },
  'docs/teachable-machine.md': {
    files: ['converted_keras.zip', 'tm-my-image-model.zip', 'keras_model.h5', 'labels.txt', 'picture.jpg', 'photos'],
  },
  'docs/keras.md': {
    files: [
      'mobilenet.keras',
      'picture.jpg',
      'labels.csv',
      'trained_model.h5',
      'features.scaler.pkl',
      'target.scaler.pkl',
      'request.json',
      'houses.csv',
    ],
  },
  'docs/operate.md': {
    files: ['picture.jpg'],
    versions: 2,
    words: {
      KEY: /^Key: +(ff_\S+)$/m,
      'https://ADDRESS': /^Address: (\S+)$/m,
      TIMESTAMP: /Timestamp: (\d+)/,
    },
    untyped: {
      "aws lambda list-versions-by-function --function-name my-classifier-dev-http --query 'Versions[].[Version,LastModified]'":
        AWS,
      'aws lambda update-alias --function-name my-classifier-dev-http --name live --function-version 3': AWS,
    },
  },
  'docs/deploy.md': { versions: 1, before: ['npx freezeframe bundle --arch x64'] },
  'docs/plan.md': { versions: 1 },
  'docs/events.md': {
    versions: 1,
    before: ['npx freezeframe deploy'],
    untyped: {
      'npx freezeframe dlq redrive --all':
        'MiniStack has no ListDeadLetterSourceQueues; test/scripts/commands/dlq.test.ts has a queue that does',
      'npx freezeframe dlq drop ID': 'asks a question; test/scripts/commands/dlq.test.ts answers it',
      'npx freezeframe batch s3://photos/2024/': 'takes a bucket of the stack; test/e2e/stack.test.ts names one',
    },
  },
  'docs/models.md': { versions: 3, files: ['photos'] },
  'docs/import.md': { files: ['model.onnx', 'model.tflite', 'converted_tflite.zip'] },
  'docs/precision.md': { files: ['model.keras', 'photographs', 'photos'] },
  'docs/tables.md': { files: ['houses.csv'] },
  'docs/http.md': { files: ['a.jpg'], before: ['npm start'] },
  'docs/decisions/003-protobuf.md': {
    untyped: { 'npm run generate': 'test/scripts/docs/generate.test.ts compares what it writes' },
  },
};

/** What does not fit between a document's commands and its walk, one sentence each. */
export function misfits(document: string, commands: readonly string[], walk: Walk | undefined): string[] {
  if (commands.length === 0) return walk ? [`${document} prints no commands, and has a walk`] : [];
  if (!walk) return [`${document} prints commands, and no walk types them`];
  const printed = new Set(commands);
  return Object.entries(walk.untyped ?? {}).flatMap(([command, why]) => [
    ...(printed.has(command) ? [] : [`${document} does not print ${command}`]),
    ...(why.length > 20 ? [] : [`${document}: say why ${command} is not typed`]),
  ]);
}
