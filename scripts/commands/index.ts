import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Imports the command's file and answers its commander `Command`. */
  load(): Promise<Command>;
}

/** Every subcommand of `freezeframe`, in the order in which a newcomer meets them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'the whole way once: from drawn pictures to an answering gateway',
    load: async () => (await import('./start.ts')).startCommand(),
  },
  {
    name: 'train',
    summary: 'train a model on pictures or a table, freeze it and keep it',
    load: async () => (await import('./train.ts')).trainCommand(),
  },
  {
    name: 'import',
    summary: 'bring a Keras, TensorFlow.js, Teachable Machine or ONNX model',
    load: async () => (await import('./import.ts')).importCommand(),
  },
  {
    name: 'dataset',
    summary: 'look at a data set as training sees it',
    load: async () => (await import('./dataset.ts')).datasetCommand(),
  },
  {
    name: 'freeze',
    summary: 'turn a trained model into one verified file that answers anywhere',
    load: async () => (await import('./freeze.ts')).freezeCommand(),
  },
  {
    name: 'models',
    summary: 'list, show, tag and remove frozen models',
    load: async () => (await import('./models.ts')).modelsCommand(),
  },
  {
    name: 'predict',
    summary: 'say what is on pictures, or answer a request of tensors',
    load: async () => (await import('./predict.ts')).predictCommand(),
  },
  {
    name: 'evaluate',
    summary: 'measure a model on labelled pictures',
    load: async () => (await import('./evaluate.ts')).evaluateCommand(),
  },
  {
    name: 'bundle',
    summary: 'make the functions and layers that are deployed',
    load: async () => (await import('./bundle.ts')).bundleCommand(),
  },
  {
    name: 'dev',
    summary: 'run the built functions on this machine',
    load: async () => (await import('./dev.ts')).devCommand(),
  },
  {
    name: 'batch',
    summary: 'classify everything under an S3 prefix with the deployed stack',
    load: async () => (await import('./batch.ts')).batchCommand(),
  },
  {
    name: 'dlq',
    summary: 'uploads that could not be answered: look, send again, drop',
    load: async () => (await import('./dlq.ts')).dlqCommand(),
  },
  {
    name: 'keys',
    summary: 'keys of the HTTP API: make, list and revoke them',
    load: async () => (await import('./keys.ts')).keysCommand(),
  },
];
