import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Imports the command's file and answers its commander `Command`. */
  load(): Promise<Command>;
}

/** Each with how its file is imported: nothing is loaded for a help text. */
const LOADERS = {
  start: async () => (await import('./start.ts')).startCommand(),
  init: async () => (await import('./init.ts')).initCommand(),
  train: async () => (await import('./train.ts')).trainCommand(),
  import: async () => (await import('./import.ts')).importCommand(),
  dataset: async () => (await import('./dataset.ts')).datasetCommand(),
  freeze: async () => (await import('./freeze.ts')).freezeCommand(),
  models: async () => (await import('./models.ts')).modelsCommand(),
  predict: async () => (await import('./predict.ts')).predictCommand(),
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand(),
  bundle: async () => (await import('./bundle.ts')).bundleCommand(),
  plan: async () => (await import('./plan.ts')).planCommand(),
  deploy: async () => (await import('./deploy.ts')).deployCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  dev: async () => (await import('./dev.ts')).devCommand(),
  batch: async () => (await import('./batch.ts')).batchCommand(),
  dlq: async () => (await import('./dlq.ts')).dlqCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  completion: async () => (await import('./completion.ts')).completionCommand(() => COMMANDS),
} satisfies Record<string, CommandEntry['load']>;

const SUMMARIES: Readonly<Record<keyof typeof LOADERS, string>> = {
  start: 'the whole way once: from photos/, or a drawn sample, to answers on this machine',
  init: 'make this folder a project of yours, and touch nothing that is there',
  train: 'train a model on pictures or a table, freeze it and keep it',
  import: 'bring a Keras, TensorFlow.js, TensorFlow Lite, Teachable Machine or ONNX model',
  dataset: 'look at a data set as training sees it',
  freeze: 'turn a trained model into one verified file that answers anywhere',
  models: 'list, compare, tag, share and remove frozen models',
  predict: 'say what is on pictures, or answer a request of tensors',
  evaluate: 'measure a model on labelled pictures',
  bundle: 'make the functions and layers that are deployed',
  plan: 'what a stack would cost and how fast it would answer, by a simulation',
  deploy: 'put it into an AWS account, ask it once, and say what it costs to keep',
  doctor: 'what works here and in the AWS account, what is missing, what to do',
  dev: 'run the built functions on this machine',
  batch: 'classify everything under an S3 prefix with the deployed stack',
  dlq: 'uploads that could not be answered: look, send again, drop',
  keys: 'keys of the HTTP API: make, list and revoke them',
  completion: 'let bash, zsh or fish complete these words',
};

/** Every subcommand of `freezeframe`, in the order in which a newcomer meets them. */
export const COMMANDS: readonly CommandEntry[] = Object.entries(LOADERS).map(([name, load]) => ({
  name,
  summary: SUMMARIES[name as keyof typeof LOADERS],
  load,
}));
