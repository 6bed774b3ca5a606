import { type Classifier, type EngineTensor, readIndex } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { MAX_PICTURES } from '../../../shared/limits.ts';
import { statisticsOf } from '../../../shared/observe/statistics.ts';
import { once } from '../../../shared/runtime/once.ts';
import { mediaType, parseBody, readBytes } from '../../body/read-body.ts';
import { chosenModel, chosenVersions, type ModelChoice } from '../../model-choice.ts';
import { type Route, route, type Schema } from '../../route.ts';

// Triton's extensions of the protocol that tell of models:
// github.com/triton-inference-server/server/tree/main/docs/protocol, extension_{model_configuration,statistics,model_repository}.

const tag = 'Open Inference Protocol v2';
const json = (description: string, schema: Schema) => ({ description, content: { 'application/json': schema } });

const duration = once(() => z.object({ count: z.int(), ns: z.int() }).check(z.meta({ id: 'TritonDuration' })));

const statistics = once(() =>
  z
    .object({
      model_stats: z.array(
        z.looseObject({
          name: z.string(),
          version: z.string(),
          last_inference: z.int().check(z.describe('Milliseconds since 1970; 0 where there was none.')),
          inference_count: z.int(),
          execution_count: z.int(),
          inference_stats: z.record(z.string(), duration()),
          batch_stats: z.array(z.looseObject({ batch_size: z.int(), compute_infer: duration() })),
        }),
      ),
    })
    .check(z.meta({ id: 'ModelStatistics' })),
);

const tensor = once(() => z.looseObject({ name: z.string(), data_type: z.string(), dims: z.array(z.int()) }));

const configuration = once(() =>
  z
    .looseObject({
      name: z.string(),
      platform: z.string(),
      backend: z.string(),
      max_batch_size: z.int().check(z.describe('0 where the dims have the batch.')),
      input: z.array(tensor()),
      output: z.array(tensor()),
    })
    .check(z.meta({ id: 'ModelConfiguration' })),
);

/** Triton's clients send no body at all. */
const indexRequest = once(() =>
  z.object({ ready: z.optional(z.boolean()) }).check(z.meta({ id: 'RepositoryIndexRequest' })),
);

const index = once(() =>
  z.array(z.object({ name: z.string(), version: z.string(), state: z.string(), reason: z.string() })),
);

/** Before `/v2/models/{model}`, whose model could have this name. */
export const extensionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/models/stats',
    id: 'statistics',
    tag,
    summary: 'How often each model was asked',
    description: 'Of the environment that answers, since it was started.',
    responses: { 200: json('Counts and nanoseconds.', statistics) },
    handle: async ({ context }) => {
      const all = await everyVersion();
      return context.json({ model_stats: all.map(({ name, version }) => statisticsAsJson(name, version)) });
    },
  }),
  route({
    method: 'POST',
    path: '/v2/repository/index',
    id: 'repositoryIndex',
    tag,
    summary: 'Which models there are',
    body: { 'application/json': indexRequest },
    bodyIsOptional: true,
    responses: { 200: json('Each version of each model.', index) },
    problems: [413, 415],
    handle: async ({ context }) => {
      // All of them are ready, so that only its form matters.
      const body = await readBytes(context.req.raw);
      if (body.byteLength > 0) parseBody(body, indexRequest(), mediaType(context.req.raw));
      const all = await everyVersion();
      return context.json(all.map((one) => ({ ...one, state: 'READY', reason: '' })));
    },
  }),
];

/** Of one model, or one of its versions. */
export function modelExtensionRoutes(path: string, suffix: string, params: Schema<z.ZodMiniObject>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${path}/config`,
      id: `modelConfiguration${suffix}`,
      tag,
      summary: "A model's configuration, as Triton writes it",
      params,
      responses: { 200: json('A ModelConfig message.', configuration) },
      problems: [404],
      handle: async ({ context, params }) =>
        context.json(configurationOf(await chosenModel(params as unknown as ModelChoice))),
    }),
    route({
      method: 'GET',
      path: `${path}/stats`,
      id: `modelStatistics${suffix}`,
      tag,
      summary: 'How often a model was asked',
      description: 'Of the environment that answers, since it was started.',
      params,
      responses: { 200: json('Counts and nanoseconds.', statistics) },
      problems: [404],
      handle: async ({ context, params }) => {
        const choice = params as unknown as ModelChoice;
        const versions = await chosenVersions(choice);
        return context.json({ model_stats: versions.map((version) => statisticsAsJson(choice.model, version)) });
      },
    }),
  ];
}

async function everyVersion(): Promise<{ name: string; version: string }[]> {
  const { models } = await readIndex();
  return Object.entries(models).flatMap(([name, { versions }]) => versions.map((version) => ({ name, version })));
}

/** Where every tensor has a free first axis, that is the batch, and Triton's dims leave it out. */
function configurationOf({ manifest, inputs, outputs }: Classifier) {
  const batched = [...inputs, ...outputs].every(({ shape }) => shape[0] === null);
  const pictures = manifest.input.kind === 'picture' ? manifest.input.name : undefined;
  const described = ({ name, datatype, shape }: EngineTensor) => ({
    name,
    data_type: `TYPE_${datatype}`,
    dims: shape.slice(batched ? 1 : 0).map((size) => size ?? -1),
    is_shape_tensor: false,
  });
  return {
    name: manifest.name,
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    version_policy: { specific: { versions: [Number(manifest.version)].filter(Number.isInteger) } },
    max_batch_size: batched ? MAX_PICTURES : 0,
    input: inputs.map((input) => ({
      ...described(input),
      format: input.name === pictures ? 'FORMAT_NHWC' : 'FORMAT_NONE',
      allow_ragged_batch: false,
      optional: false,
    })),
    output: outputs.map((output) => ({ ...described(output), label_filename: '' })),
    batch_input: [],
    batch_output: [],
    instance_group: [{ name: manifest.name, kind: 'KIND_CPU', count: 1, gpus: [], profile: [] }],
    default_model_filename: 'model.onnx',
    cc_model_filenames: {},
    metric_tags: {},
    parameters: {},
    model_warmup: [],
  };
}

function statisticsAsJson(name: string, version: string) {
  const { lastInference, succeeded, failed, input, run, rows, batches } = statisticsOf(name, version);
  const inNs = ({ count, ms }: { count: number; ms: number }) => ({ count, ns: Math.round(ms * 1e6) });
  const none = { count: 0, ns: 0 };
  const noTime = { count: succeeded.count, ns: 0 };
  return {
    name,
    version,
    last_inference: lastInference,
    inference_count: rows,
    execution_count: succeeded.count,
    inference_stats: {
      success: inNs(succeeded),
      fail: inNs(failed),
      queue: noTime,
      compute_input: inNs(input),
      compute_infer: inNs(run),
      compute_output: noTime,
      cache_hit: none,
      cache_miss: none,
    },
    batch_stats: [...batches].map(([size, total]) => ({
      batch_size: size,
      compute_input: { count: total.count, ns: 0 },
      compute_infer: inNs(total),
      compute_output: { count: total.count, ns: 0 },
    })),
  };
}
