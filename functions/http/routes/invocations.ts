import {
  type Classifier,
  expected,
  loadClassifier,
  PictureError,
  RequestError,
  type Timings,
} from '@freezeframe/inference';
import * as z from 'zod';
import { answer } from '../../shared/answer.ts';
import { isPicture } from '../body/classify-body.ts';
import { isJson, mediaType, parseBody, readBytes, refuseType } from '../body/read-body.ts';
import { serverTiming } from '../responses/server-timing.ts';
import { type Route, route } from '../route.ts';
import { pictureBodies, result } from '../schemas.ts';
import { runTimed } from '../tensors/feeds.ts';
import { columnFeeds, columns, rowAnswers, rowFeeds } from '../tensors/rows.ts';
import { readyModel } from './health.ts';

// What SageMaker asks of a container, and what MLflow's scoring server takes:
// https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
// https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#json-input

const WAYS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;

const invocation = z
  .object({
    dataframe_split: z
      .object({
        columns: z.array(z.string().max(200)).min(1).max(10_000),
        data: z.array(z.array(z.unknown())).min(1),
      })
      .optional()
      .describe('Rows under columns that are named as the features, in any order.'),
    dataframe_records: z.array(z.record(z.string(), z.unknown())).min(1).optional().describe('Features by name.'),
    instances: z.array(z.unknown()).min(1).optional().describe("As TensorFlow Serving's rows."),
    inputs: columns.optional().describe("As TensorFlow Serving's columns."),
  })
  .superRefine((body, context) => {
    const found = WAYS.filter((way) => body[way] !== undefined);
    if (found.length !== 1) context.addIssue({ code: 'custom', message: `expected one of ${WAYS.join(', ')}` });
  })
  .meta({ id: 'Invocation', oneOf: WAYS.map((way) => ({ required: [way] })) });

export const invocationsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ping',
    id: 'ping',
    tag: 'SageMaker and MLflow',
    summary: 'Whether the default model can be asked',
    open: true,
    responses: { 200: { description: 'It can.', content: { 'application/json': z.object({ status: z.string() }) } } },
    handle: async ({ context }) => {
      await readyModel();
      context.header('cache-control', 'no-store');
      return context.json({ status: 'ok' });
    },
  }),
  route({
    method: 'POST',
    path: '/invocations',
    id: 'invocations',
    tag: 'SageMaker and MLflow',
    summary: 'Ask the default model',
    description: 'A picture is answered as POST /classify does; JSON with what the model answers, row by row.',
    body: { ...pictureBodies, 'application/json': invocation },
    responses: {
      200: {
        description: 'A result, or predictions row by row.',
        content: { 'application/json': result.or(z.object({ predictions: z.array(z.unknown()) })) },
      },
    },
    problems: [404, 413, 415, 422],
    handle: async ({ context }) => {
      const request = context.req.raw;
      const type = mediaType(request);
      if (!isJson(type) && !isPicture(type)) refuseType('image/* or application/json', type);
      const body = await readBytes(request);
      context.header('cache-control', 'no-store');
      if (isJson(type)) {
        const classifier = await loadClassifier();
        const results = await runTimed(classifier, await invocationFeeds(classifier, parseBody(body, invocation)));
        return context.json({ predictions: rowAnswers(classifier, results) });
      }
      if (body.byteLength === 0) throw new PictureError('picture-empty', expected('a picture', 'the body', undefined));
      const onTimings = ({ decode, run }: Timings) => context.header('server-timing', serverTiming({ decode, run }));
      return context.json(await answer({ picture: body }, {}, onTimings));
    },
  }),
];

function invocationFeeds(
  classifier: Classifier,
  { dataframe_split: split, dataframe_records: records, instances, inputs }: z.output<typeof invocation>,
) {
  if (instances) return rowFeeds(classifier, instances, 'instances');
  if (records) return rowFeeds(classifier, records, 'dataframe_records');
  if (!split) return columnFeeds(classifier, inputs, 'inputs');
  // Without names to go by, a matrix is the one tensor, whatever its columns are called.
  const { input } = classifier.manifest;
  const known = classifier.inputs.map(({ name }) => name);
  const pictures = input.kind === 'picture' && split.columns.length === 1;
  const named =
    pictures || (input.kind === 'tensors' && input.features) || split.columns.some((column) => known.includes(column));
  const rows = split.data.map((row, index) => {
    if (row.length !== split.columns.length) {
      const where = `dataframe_split.data[${index}]`;
      throw new RequestError('request-invalid', expected(`${split.columns.length} values`, where, row.length));
    }
    return named ? Object.fromEntries(split.columns.map((column, at) => [column, row[at]])) : row;
  });
  return rowFeeds(classifier, rows, 'dataframe_split.data');
}
