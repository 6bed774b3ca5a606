import type * as z from 'zod/mini';
import { readJson } from '../../body/read-body.ts';
import { chosenModel, chosenVersions, type ModelChoice } from '../../model-choice.ts';
import { answeredBy } from '../../responses/answered-by.ts';
import { type Route, route, type Schema } from '../../route.ts';
import { labelParam, modelParam, versionParam } from '../../schemas.ts';
import { rowResults } from '../../tensors/feeds.ts';
import { runRows } from '../../tensors/known.ts';
import { columnAnswers, columnFeeds, rowAnswers, rowFeeds } from '../../tensors/rows.ts';
import { signatureOutputs, tfsMetadata } from './metadata.ts';
import {
  classifyRequest,
  classifyResponse,
  metadataResponse,
  predictRequest,
  predictResponse,
  statusResponse,
} from './schemas.ts';

// TensorFlow Serving's REST API.

const tag = 'TensorFlow Serving';
const json = (description: string, schema: Schema) => ({ description, content: { 'application/json': schema } });

export const tfsRoutes: readonly Route[] = [
  ...modelRoutes('/v1/models/{model}', '', modelParam),
  ...modelRoutes('/v1/models/{model}/versions/{version}', 'OfVersion', versionParam),
  ...modelRoutes('/v1/models/{model}/labels/{label}', 'OfLabel', labelParam),
];

function modelRoutes(path: string, suffix: string, params: Schema<z.ZodMiniObject>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      id: `status${suffix}`,
      tag,
      summary: 'Which versions can be asked',
      params,
      responses: { 200: json('Each version and its state.', statusResponse) },
      problems: [404],
      handle: async ({ context, params }) => {
        const versions = await chosenVersions(params as unknown as ModelChoice);
        return context.json({
          model_version_status: versions.map((version) => ({
            version,
            state: 'AVAILABLE',
            status: { error_code: 'OK', error_message: '' },
          })),
        });
      },
    }),
    route({
      method: 'GET',
      path: `${path}/metadata`,
      id: `metadata${suffix}`,
      tag,
      summary: 'What a model takes and answers',
      params,
      responses: { 200: json('Its signature.', metadataResponse) },
      problems: [404],
      handle: async ({ context, params }) =>
        context.json(tfsMetadata(await chosenModel(params as unknown as ModelChoice))),
    }),
    route({
      method: 'POST',
      path: `${path}:predict`,
      id: `predict${suffix}`,
      tag,
      summary: 'Ask a model, by rows or by columns',
      params,
      body: { 'application/json': predictRequest },
      responses: { 200: json('predictions for instances, outputs for inputs.', predictResponse) },
      problems: [404, 413, 415, 422],
      handle: async ({ context, params }) => {
        const classifier = await chosenModel(params as unknown as ModelChoice);
        const { signature_name: signature, instances, inputs } = await readJson(context.req.raw, predictRequest());
        const wanted = signatureOutputs(classifier, signature);
        context.header('cache-control', 'no-store');
        const feeds = instances
          ? await rowFeeds(classifier, instances, 'instances')
          : await columnFeeds(classifier, inputs, 'inputs');
        const { outputs, results, beside } = await runRows(classifier, feeds, wanted);
        answeredBy(context, classifier.manifest);
        return context.json(
          instances
            ? { predictions: rowAnswers(outputs, results), ...beside }
            : { outputs: columnAnswers(outputs, results), ...beside },
        );
      },
    }),
    route({
      method: 'POST',
      path: `${path}:classify`,
      id: `classifyExamples${suffix}`,
      tag,
      summary: 'Ask a model for labels and scores',
      params,
      body: { 'application/json': classifyRequest },
      responses: { 200: json('Labels and scores of each example.', classifyResponse) },
      problems: [404, 413, 415, 422],
      handle: async ({ context, params }) => {
        const classifier = await chosenModel(params as unknown as ModelChoice);
        const { context: shared, examples } = await readJson(context.req.raw, classifyRequest());
        const rows = examples.map((example) => ({ ...shared, ...example }));
        const { results: outputs, beside } = await runRows(classifier, await rowFeeds(classifier, rows, 'examples'));
        answeredBy(context, classifier.manifest);
        const results = rowResults(classifier, outputs).map((result) =>
          'predictions' in result
            ? result.predictions.map(({ label, probability }) => [label, probability])
            : result.values.map(({ name, value }) => [name, value]),
        );
        context.header('cache-control', 'no-store');
        return context.json({ results, ...beside });
      },
    }),
  ];
}
