import * as z from 'zod/mini';
import { DATATYPES } from './datatype.ts';
import { expected, ModelError } from './errors.ts';

// The manifest is the contract between whatever froze a model and whatever answers with it. `docs/manifest.schema.json`
// is written from this schema, so what is described here is what other tools read.

const positive = z.int().check(z.minimum(1));
const text = z.string().check(z.minLength(1));
const share = z.number().check(z.gt(0), z.maximum(1));

/** What a model's name is, in words. */
export const MODEL_NAME_RULE =
  '1 to 64 lower-case letters, digits, "-", "_" or single dots within, beginning with a letter or digit, and no device of Windows (con, nul)';

/**
 * A model's name is a folder's name too, in the store and in a layer, and a part of URLs: every file system and every URL takes it
 * as it is. Windows opens a device for `con` and the like, with any extension; `index.json` stands beside the models' folders.
 */
export const modelName = z
  .string()
  .check(
    z.regex(
      /^(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))(?!index\.json$)(?!.*\.\.)[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/,
      `expected ${MODEL_NAME_RULE}`,
    ),
    z.describe('Model name, also the name of its folder.'),
  );

export const modelVersion = z
  .string()
  .check(
    z.regex(/^[1-9][0-9]{0,8}$/, 'expected a whole number from 1'),
    z.describe('Version: "1", "2", … in the order in which they were saved.'),
  );

const tensorSpec = z.strictObject({
  name: text.check(z.describe("The graph's own name of the input or output.")),
  shape: z
    .array(z.nullable(positive))
    .check(
      z.maxLength(8),
      z.describe('Sizes, mostly the batch axis first; null is a free axis, and no axes are a single number.'),
    ),
  datatype: z.enum(DATATYPES),
});

export const pictureInput = z
  .strictObject({
    kind: z.literal('picture'),
    name: text.check(z.describe("The graph input's name. It takes uint8 [batch, height, width, channels].")),
    height: positive.check(z.maximum(8192)),
    width: positive.check(z.maximum(8192)),
    channels: z.union([z.literal(1), z.literal(3)]),
    colour: z.enum(['rgb', 'bgr', 'grey']).check(z.describe('Channel order; grey goes with one channel.')),
    resize: z
      .enum(['stretch', 'cover', 'contain'])
      .check(z.describe('stretch ignores the aspect ratio, cover cuts what sticks out, contain pads with 0.')),
    crop: share.check(z.describe("Central share of the resized picture's sides that is kept; 1 keeps all.")),
    kernel: z
      .enum(['cubic', 'linear', 'nearest', 'lanczos3', 'canvas'])
      .check(
        z.describe("How pixels are mixed. canvas: as a browser's drawImage does it, in which some models are trained."),
      ),
    invert: z.boolean().check(z.describe('True where the model was trained on negatives (white strokes on black).')),
    datatype: z.literal('UINT8'),
  })
  .check(
    z.refine((input) => (input.channels === 1) === (input.colour === 'grey'), {
      path: ['colour'],
      message: 'grey goes with one channel, rgb and bgr with three',
    }),
    z.refine((input) => input.kernel !== 'canvas' || input.resize !== 'contain', {
      path: ['kernel'],
      message: 'canvas goes with stretch and cover',
    }),
  );

const tensorInput = z.strictObject({
  kind: z.literal('tensors'),
  tensors: z.array(tensorSpec).check(z.minLength(1)),
  features: z
    .optional(z.array(z.strictObject({ name: text, unit: z.optional(z.string()) })))
    .check(z.describe('What each number of the one input tensor means, in order.')),
});

const unknownOutput = z
  .strictObject({
    name: text.check(
      z.describe(
        "The graph output's name: float32 [batch], the distance from a picture's features to the nearest of the training minus that to the nearest of other pictures.",
      ),
    ),
    threshold: z.number().check(z.describe('A picture with a larger number shows none of the labels.')),
    recall: share.check(z.describe('Share of pictures of the labels that lie at or below the threshold.')),
    falseAccepts: z
      .number()
      .check(z.minimum(0), z.maximum(1), z.describe('Share of other pictures that lie at or below the threshold.')),
  })
  .check(z.describe('How the model says that a picture shows none of its labels.'));

const heatmapOutput = z
  .strictObject({
    name: text.check(
      z.describe(
        "The graph output's name: float32 [batch, rows, columns, labels]; with a kernel, [batch, rows, columns, channels].",
      ),
    ),
    rows: positive.check(z.maximum(1024)),
    columns: positive.check(z.maximum(1024)),
    kernel: z
      .optional(text)
      .check(
        z.describe("The graph output's name: float32 [channels, labels], what a part's channels are multiplied with."),
      ),
  })
  .check(z.describe("Class activation map: how much each part of a picture adds to each label's logit."));

const classificationOutput = z.strictObject({
  kind: z.literal('classification'),
  name: text.check(z.describe("The graph output's name: float32 [batch, labels], or [batch, 1] for two labels.")),
  labels: z
    .array(z.string().check(z.maxLength(1000)))
    .check(
      z.minLength(2),
      z.describe('In the order of the output. Two classes may share a label (ImageNet has two cranes).'),
    ),
  activation: z
    .enum(['softmax', 'sigmoid', 'none'])
    .check(
      z.describe(
        'What the graph has applied already. none: the output is logits, and softmax (sigmoid for a single output) is applied on answering.',
      ),
    ),
  unknown: z.optional(unknownOutput),
  heatmap: z.optional(heatmapOutput),
});

const regressionOutput = z.strictObject({
  kind: z.literal('regression'),
  name: text.check(z.describe("The graph output's name: float32 [batch, values], in the units below.")),
  values: z.array(z.strictObject({ name: text, unit: z.string() })).check(z.minLength(1)),
});

const tensorOutput = z.strictObject({
  kind: z.literal('tensors'),
  tensors: z.array(tensorSpec).check(z.minLength(1)),
});

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const manifestSchema = z
  .strictObject({
    formatVersion: z.literal(1),
    task: z.enum(['classification', 'regression', 'tensors']),
    input: z.discriminatedUnion('kind', [pictureInput, tensorInput]),
    output: z.discriminatedUnion('kind', [classificationOutput, regressionOutput, tensorOutput]),
    precision: z
      .enum(['float32', 'int8'])
      .check(z.describe('What it computes in: int8 are stored numbers with scales.')),
    metrics: z
      .record(z.string(), z.json())
      .check(z.describe('Measured figures, before and after freezing, and on which data.')),
    provenance: z
      .record(z.string(), z.json())
      .check(
        z.describe(
          "Where the model comes from: source file's sha256 and format, framework version, data set digest, command.",
        ),
      ),
    // What the store adds.
    name: modelName,
    version: modelVersion,
    files: z.strictObject({ 'model.onnx': z.strictObject({ sha256, bytes: positive }) }),
  })
  .check(
    z.refine((manifest) => manifest.task === manifest.output.kind, {
      path: ['task'],
      message: 'task and output.kind must be the same word',
    }),
    z.meta({ title: 'Freezeframe model manifest' }),
  );

export type PictureInput = z.infer<typeof pictureInput>;
export type TensorSpec = z.infer<typeof tensorSpec>;
export type UnknownOutput = z.infer<typeof unknownOutput>;
export type HeatmapOutput = z.infer<typeof heatmapOutput>;
export type ClassificationOutput = z.infer<typeof classificationOutput>;
export type RegressionOutput = z.infer<typeof regressionOutput>;
export type Manifest = z.infer<typeof manifestSchema>;
/** A manifest before the store has given it a name, a version and its file's hash. */
export type ManifestDraft = Omit<Manifest, 'name' | 'version' | 'files'>;

/**
 * Checks a parsed `manifest.json`.
 * @throws ModelError `manifest-invalid`, naming each field that is wrong; `manifest-version` for a newer format.
 */
export function parseManifest(json: unknown): Manifest {
  const format = (json as { formatVersion?: unknown } | null | undefined)?.formatVersion;
  if (typeof format === 'number' && Number.isInteger(format) && format > 1) {
    throw new ModelError('manifest-version', expected('1', 'formatVersion of the manifest', format), {
      remedy: 'Update Freezeframe, or freeze the model again with this version.',
    });
  }
  // Compiling the schema to a function takes longer than reading the one manifest of a process without.
  const result = manifestSchema.safeParse(json, { jitless: true });
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path, message }) => ({ field: path.join('.') || '(manifest)', message }));
  throw new ModelError(
    'manifest-invalid',
    `The manifest is not valid: ${fields
      .slice(0, 8)
      .map(({ field, message }) => `${field}: ${message}`)
      .join('; ')}`,
    {
      remedy: 'Freeze the model again; docs/manifest.schema.json of @freezeframe/cli describes the format.',
      details: { fields },
    },
  );
}
