import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { KerasModel, Tensor } from '#keras';
import { checkName, defaultStore } from '#store';
import { hasCode, makeFolder, syncFolder, writeDurable } from '#system';

const positive = z.int().min(1);
const scaled = z.strictObject({
  name: z.string(),
  unit: z.string().optional(),
  min: z.number(),
  max: z.number(),
});

/** What the data set's loader must be told to give the same data again. */
const dataset = z.strictObject({
  name: z.string(),
  digest: z.string().describe('sha256 over its content; freezing refuses other content.'),
  spec: z.string().describe('What was typed after `train`.'),
  options: z.strictObject({
    seed: z.int().optional(),
    size: positive.optional(),
    channels: z.union([z.literal(1), z.literal(3)]).optional(),
    target: z.string().optional(),
    unit: z.string().optional(),
    encoding: z.string().optional(),
  }),
});

const common = {
  formatVersion: z.literal(1),
  dataset,
  architecture: z.string(),
  backend: z.string(),
  epochs: positive,
  seed: z.int(),
  metrics: z
    .record(z.string(), z.number())
    .describe('On the test split, by the forward pass of training: accuracy, or meanAbsoluteError in its unit, ...'),
};

const pictureTraining = z.strictObject({
  ...common,
  kind: z.literal('pictures'),
  labels: z.array(z.string()).min(2),
  input: z.strictObject({
    height: positive,
    width: positive,
    channels: z.union([z.literal(1), z.literal(3)]),
    colour: z.enum(['rgb', 'bgr', 'grey']),
    resize: z.enum(['stretch', 'cover', 'contain']),
    crop: z.number().gt(0).max(1),
    kernel: z.enum(['cubic', 'linear', 'nearest', 'lanczos3', 'canvas']),
    invert: z.boolean(),
  }),
  preprocess: z
    .strictObject({ scale: z.array(z.number()).min(1), offset: z.array(z.number()).min(1) })
    .describe('byte * scale + offset, one number per channel: what the model was trained on.'),
});

const tableTraining = z.strictObject({
  ...common,
  kind: z.literal('table'),
  scaling: z
    .strictObject({ features: z.array(scaled).min(1), target: scaled })
    .describe('(value - min) / (max - min): what the model was trained on.'),
});

/** `training.json`: everything that freezing needs to know and the Keras config does not say. */
const trainingSchema = z.discriminatedUnion('kind', [pictureTraining, tableTraining]);

export type TrainingRecord = z.output<typeof trainingSchema>;

/** A trained model as it lies in `<store>/trained/<name>/`. */
export interface TrainedModel {
  readonly name: string;
  readonly model: KerasModel;
  readonly training: TrainingRecord;
  /** sha256 in hex of `weights.bin`. */
  readonly weightsDigest: string;
}

const FILES = { model: 'model.json', weights: 'weights.bin', training: 'training.json' } as const;

/** `<store>/trained/<name>`. @throws FreezeframeError `name-not-valid` */
export function trainedFolder(name: string, root: string = defaultStore()): string {
  return join(resolve(root), 'trained', checkName(name));
}

/**
 * Writes a trained model in the format of TensorFlow.js Layers (`tf.loadLayersModel` reads it), with `training.json`
 * beside. A model of the same name is replaced as a whole.
 * @throws FreezeframeError `name-not-valid`
 */
export async function writeTrainedModel(
  name: string,
  { model, training }: Pick<TrainedModel, 'model' | 'training'>,
  root?: string,
): Promise<string> {
  const folder = trainedFolder(name, root);
  const record = trainingSchema.parse(training);
  const partial = `${folder}.${randomUUID()}.partial`;
  const weights = Buffer.concat([...model.weights.values()].map(littleEndian));
  try {
    await makeFolder(partial);
    await writeDurable(join(partial, FILES.weights), weights);
    await writeDurable(join(partial, FILES.model), `${JSON.stringify(layersModel(model))}\n`);
    await writeDurable(join(partial, FILES.training), `${JSON.stringify(record, null, 2)}\n`);
    await replaceFolder(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

/** A kill between the two renames leaves no model of this name: training goes on from its checkpoint. */
async function replaceFolder(next: string, folder: string): Promise<void> {
  const old = `${folder}.${randomUUID()}.old`;
  await rename(folder, old).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  await rename(next, folder);
  await syncFolder(join(folder, '..'));
  await rm(old, { recursive: true, force: true });
}

function layersModel(model: KerasModel) {
  const weights = [...model.weights].map(([name, { shape }]) => ({ name, shape: [...shape], dtype: 'float32' }));
  return {
    format: 'layers-model',
    generatedBy: 'freezeframe',
    convertedBy: null,
    modelTopology: { ...model.config, keras_version: 'freezeframe', backend: 'freezeframe' },
    weightsManifest: [{ paths: [FILES.weights], weights }],
  };
}

/** The format is little-endian, as is every machine that runs Node today. */
function littleEndian({ data }: Tensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

const modelSchema = z.object({
  modelTopology: z.object({ class_name: z.string(), config: z.record(z.string(), z.unknown()) }),
  weightsManifest: z
    .array(
      z.object({
        paths: z.tuple([z.literal(FILES.weights)]),
        weights: z.array(
          z.object({ name: z.string(), shape: z.array(z.int().nonnegative()).max(8), dtype: z.literal('float32') }),
        ),
      }),
    )
    .length(1),
});

/** @throws FreezeframeError `trained-not-found`, `trained-damaged`, `name-not-valid` */
export async function readTrainedModel(name: string, root?: string): Promise<TrainedModel> {
  const folder = trainedFolder(name, root);
  const [json, weights, record] = await Promise.all(
    [FILES.model, FILES.weights, FILES.training].map((file) => readPart(folder, file, name)),
  );
  const model = checked(modelSchema, json as Buffer, FILES.model, name);
  const training = checked(trainingSchema, record as Buffer, FILES.training, name);
  const { class_name, config } = model.modelTopology;
  const specs = model.weightsManifest[0]?.weights ?? [];
  return {
    name,
    model: { config: { class_name, config }, weights: readWeights(weights as Buffer, specs, name) },
    training,
    weightsDigest: createHash('sha256')
      .update(weights as Buffer)
      .digest('hex'),
  };
}

async function readPart(folder: string, file: string, name: string): Promise<Buffer> {
  return readFile(join(folder, file)).catch((cause: unknown) => {
    if (!hasCode(cause, 'ENOENT')) throw cause;
    throw new FreezeframeError('trained-not-found', `There is no trained model ${name} (${file} is missing)`, {
      cause,
      remedy: `Train it first: freezeframe train <dataset> --name ${name}. What was imported, or trained on a pretrained network, is frozen already: freezeframe models list`,
    });
  });
}

function checked<T>(schema: z.ZodType<T>, bytes: Buffer, file: string, name: string): T {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw damaged(`${file} of ${name} is no JSON`, cause);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw damaged(`${file} of ${name}: ${issues.slice(0, 5).join('; ')}`);
}

function readWeights(bytes: Buffer, specs: readonly { name: string; shape: number[] }[], name: string) {
  const sizes = specs.map(({ shape }) => shape.reduce((n, axis) => n * axis, 1));
  const wanted = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== wanted) throw damaged(expected(`${wanted} bytes`, `${FILES.weights} of ${name}`, bytes.length));
  // Copied: a Float32Array must begin at a multiple of four, a Buffer need not.
  const all = new Float32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  return new Map(
    specs.map(({ name: weight, shape }, i): [string, Tensor] => {
      const from = at;
      at += sizes[i] as number;
      return [weight, { shape, data: all.slice(from, at) }];
    }),
  );
}

function damaged(message: string, cause?: unknown): FreezeframeError {
  return new FreezeframeError('trained-damaged', `The trained model cannot be read: ${message}`, {
    cause,
    remedy: 'Train it again under the same name.',
  });
}
