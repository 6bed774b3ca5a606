import { type EngineTensor, withUnknown } from '@freezeframe/inference';
import * as z from 'zod/mini';
import inferencePackage from '../../../../layers/inference/package.json' with { type: 'json' };
import { chosenModel, chosenVersions, type ModelChoice } from '../../model-choice.ts';
import { type Route, route, type Schema } from '../../route.ts';
import { modelParam, versionParam } from '../../schemas.ts';
import { rowsOf, runTimed } from '../../tensors/feeds.ts';
import { readyModel } from '../health.ts';
import { extensionRoutes, modelExtensionRoutes } from './extensions.ts';
import { readFeeds, readOipBody } from './request.ts';
import { wantedOutputs, writeOipResponse } from './response.ts';
import { inferBytes, inferRequest, inferResponse, modelMetadata, serverMetadata } from './schemas.ts';

// The Open Inference Protocol, version 2: what KServe, Triton and Seldon answer.

const tag = 'Open Inference Protocol v2';
const json = (description: string, schema: Schema) => ({ description, content: { 'application/json': schema } });

const serverRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2',
    id: 'serverMetadata',
    tag,
    summary: 'What this server is',
    responses: { 200: json('Its name, version and extensions.', serverMetadata) },
    handle: ({ context }) =>
      context.json({
        name: 'freezeframe',
        version: inferencePackage.version,
        // Not model_repository, which is loading and unloading too.
        extensions: ['binary_tensor_data', 'classification', 'model_configuration', 'statistics'],
      }),
  }),
  route({
    method: 'GET',
    path: '/v2/health/live',
    id: 'serverLive',
    tag,
    summary: 'Whether the server lives',
    open: true,
    responses: { 200: json('It does.', () => z.object({ live: z.literal(true) })) },
    handle: ({ context }) => context.json({ live: true }),
  }),
  route({
    method: 'GET',
    path: '/v2/health/ready',
    id: 'serverReady',
    tag,
    summary: 'Whether the default model can be asked',
    open: true,
    responses: { 200: json('It can.', () => z.object({ ready: z.literal(true) })) },
    handle: async ({ context }) => {
      await readyModel();
      return context.json({ ready: true });
    },
  }),
];

export const oipRoutes: readonly Route[] = [
  ...serverRoutes,
  ...extensionRoutes,
  ...modelRoutes('/v2/models/{model}', '', modelParam),
  ...modelRoutes('/v2/models/{model}/versions/{version}', 'Version', versionParam),
];

/** The same for the default version and for one that is named. */
function modelRoutes(path: string, suffix: string, params: Schema<z.ZodMiniObject>): readonly Route[] {
  return [
    ...modelExtensionRoutes(path, suffix, params),
    route({
      method: 'GET',
      path,
      id: `modelMetadata${suffix}`,
      tag,
      summary: 'What a model takes and answers',
      params,
      responses: { 200: json('Its tensors.', modelMetadata) },
      problems: [404],
      handle: async ({ context, params }) => {
        const choice = params as unknown as ModelChoice;
        const { manifest, inputs, outputs } = await chosenModel(choice);
        const versions = await chosenVersions({ model: choice.model });
        return context.json({
          name: manifest.name,
          versions,
          platform: 'onnxruntime_onnx',
          inputs: inputs.map(describeTensor),
          outputs: outputs.map(describeTensor),
        });
      },
    }),
    route({
      method: 'GET',
      path: `${path}/ready`,
      id: `modelReady${suffix}`,
      tag,
      summary: 'Whether a model can be asked',
      params,
      responses: { 200: json('It can.', () => z.object({ name: z.string(), ready: z.literal(true) })) },
      problems: [404],
      handle: async ({ context, params }) => {
        const { manifest } = await chosenModel(params as unknown as ModelChoice);
        return context.json({ name: manifest.name, ready: true });
      },
    }),
    route({
      method: 'POST',
      path: `${path}/infer`,
      id: `infer${suffix}`,
      tag,
      summary: 'Ask a model',
      description:
        'JSON, or JSON of the length in Inference-Header-Content-Length with tensors as bytes behind it (binary_data_size). A model of pictures also takes a BYTES tensor of encoded pictures in place of pixels.',
      params,
      headers: () =>
        z.object({
          'inference-header-content-length': z
            .optional(z.string().check(z.regex(/^\d{1,9}$/)))
            .check(z.describe('Bytes of the JSON, where tensors follow it.')),
        }),
      body: { 'application/json': inferRequest, 'application/octet-stream': inferBytes },
      responses: {
        200: {
          description: 'The outputs that were asked for, or all.',
          content: { 'application/json': inferResponse, 'application/octet-stream': undefined },
          headers: { 'inference-header-content-length': 'Bytes of the JSON, where tensors follow it.' },
        },
      },
      problems: [404, 413, 415, 422],
      handle: async ({ context, params }) => {
        // First, so that a wrong name is told before a wrong body.
        const classifier = await chosenModel(params as unknown as ModelChoice);
        const body = await readOipBody(context.req.raw);
        const names = wantedOutputs(classifier, body.request).map(({ name }) => name);
        const feeds = await readFeeds(classifier, body);
        const results = await runTimed(classifier, feeds, withUnknown(classifier.manifest, names));
        return writeOipResponse(classifier, body.request, results, rowsOf(feeds));
      },
    }),
  ];
}

function describeTensor({ name, datatype, shape }: EngineTensor) {
  return { name, datatype, shape: shape.map((size) => size ?? -1) };
}
