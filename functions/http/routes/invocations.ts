import {
  type Classifier,
  expected,
  loadClassifier,
  type Manifest,
  modelName,
  PictureError,
  RequestError,
  type Timings,
} from '@freezeframe/inference';
import * as z from 'zod/mini';
import { answer } from '../../shared/answer.ts';
import { type Options, queryOptions } from '../../shared/options.ts';
import { once } from '../../shared/runtime/once.ts';
import { recordList, rowList, validate } from '../../shared/validate.ts';
import { isPicture, NAME_THE_TYPE } from '../body/classify-body.ts';
import { isCsv, type Predictions, readCsv, shapedRows, tableOf, writeCsv } from '../body/csv.ts';
import { isJson, mediaType, parseBody, readBytes, refuseType } from '../body/read-body.ts';
import { answeredBy } from '../responses/answered-by.ts';
import { serverTiming } from '../responses/server-timing.ts';
import { type Route, route } from '../route.ts';
import { pictureBodies, result } from '../schemas.ts';
import { runRows } from '../tensors/known.ts';
import { columnFeeds, columns, rowAnswers, rowFeeds } from '../tensors/rows.ts';
import { readyModel } from './health.ts';

// What SageMaker asks of a container, and what MLflow's scoring server takes:
// https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
// https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#json-input

const TAKEN = 'image/*, application/json or text/csv';

/** Headers in which SageMaker's clients name a model. */
const TARGET = 'x-amzn-sagemaker-target-model';
const ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

const csv = once(() =>
  z.string().check(z.meta({ description: 'A row of features in each line, under a line of their names or not.' })),
);

const WAYS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;

const invocation = once(() =>
  z
    .object({
      dataframe_split: z
        .optional(
          z.object({
            columns: z.array(z.string().check(z.maxLength(200))).check(z.minLength(1), z.maxLength(10_000)),
            data: rowList(),
          }),
        )
        .check(z.describe('Rows under columns that are named as the features, in any order.')),
      dataframe_records: z.optional(recordList()).check(z.describe('Features by name.')),
      instances: z
        .optional(z.array(z.unknown()).check(z.minLength(1)))
        .check(z.describe("As TensorFlow Serving's rows.")),
      inputs: z.optional(columns()).check(z.describe("As TensorFlow Serving's columns.")),
    })
    .check(
      z.superRefine((body, context) => {
        const found = WAYS.filter((way) => body[way] !== undefined);
        if (found.length !== 1) context.addIssue({ code: 'custom', message: `expected one of ${WAYS.join(', ')}` });
      }),
      z.meta({ id: 'Invocation', oneOf: WAYS.map((way) => ({ required: [way] })) }),
    ),
);

export const invocationsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ping',
    id: 'ping',
    tag: 'SageMaker and MLflow',
    summary: 'Whether the default model can be asked',
    open: true,
    responses: {
      200: { description: 'It can.', content: { 'application/json': () => z.object({ status: z.string() }) } },
    },
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
    summary: 'Ask the default model, or the one that is named',
    description:
      'A picture is answered as POST /classify does; JSON and CSV with what the model answers, row by row, as CSV where that is accepted alone.',
    query: queryOptions,
    headers: () =>
      z.object({
        [TARGET]: z.optional(modelName).check(z.describe('As ?model=, for clients of endpoints with several models.')),
      }),
    body: { ...pictureBodies, 'application/json': invocation, 'text/csv': csv },
    responses: {
      200: {
        description: 'A result, or predictions row by row.',
        content: {
          'application/json': () =>
            z.union([
              result(),
              z.object({
                predictions: z.array(z.unknown()),
                known: z.optional(z.array(z.boolean())).check(z.describe('Whether each row shows one of the labels.')),
              }),
            ]),
          'text/csv': undefined,
        },
      },
    },
    problems: [404, 413, 415, 422],
    handle: async ({ context, query }) => {
      const request = context.req.raw;
      const type = mediaType(request);
      const body = await readBytes(request);
      const json = isJson(type, body);
      if (!json && !isCsv(type) && !isPicture(type)) refuseType(TAKEN, type, NAME_THE_TYPE);
      const options = { ...namedModel(request.headers), ...query };
      context.header('cache-control', 'no-store');
      if (!json && !isCsv(type)) {
        if (body.byteLength === 0)
          throw new PictureError('picture-empty', expected('a picture', 'the body', undefined));
        const onTimings = ({ decode, run }: Timings) => context.header('server-timing', serverTiming({ decode, run }));
        return context.json(await answer({ picture: body }, options, onTimings));
      }
      const { model, answered } = await predict(
        options,
        json ? parseBody(body, invocation(), type) : await readCsv(body),
      );
      answeredBy(context, model);
      const accept = request.headers.get('accept') ?? '';
      if (/^\s*(text|application)\/csv\b/i.test(accept)) {
        return context.body(writeCsv(answered), 200, { 'content-type': 'text/csv; charset=utf-8' });
      }
      return context.json(answered);
    },
  }),
];

/** The model that SageMaker's clients name: of an endpoint of several, or of its container for TensorFlow Serving. */
function namedModel(headers: Headers): Options {
  const [, attribute] = /(?:^|[,;\s])tfs-model-name=([^,;\s]+)/.exec(headers.get(ATTRIBUTES) ?? '') ?? [];
  const model =
    headers
      .get(TARGET)
      ?.trim()
      .replace(/^\/|\.tar\.gz$/g, '') ?? attribute;
  return model === undefined ? {} : validate(queryOptions(), { model }, 'The name of the model');
}

async function predict(
  { model: name, version, top_k, threshold }: Options,
  asked: z.output<ReturnType<typeof invocation>> | string[][],
): Promise<{ model: Manifest; answered: Predictions }> {
  if (top_k !== undefined || threshold !== undefined) {
    throw new RequestError('request-invalid', 'top_k and threshold choose among labels, of which rows have none', {
      remedy: 'Leave them out, or send a picture.',
    });
  }
  const classifier = await loadClassifier({ ...(name ? { name } : {}), ...(version ? { version } : {}) });
  const feeds = await (Array.isArray(asked) ? tableFeeds(classifier, asked) : invocationFeeds(classifier, asked));
  const { outputs, results, beside } = await runRows(classifier, feeds);
  return { model: classifier.manifest, answered: { predictions: rowAnswers(outputs, results), ...beside } };
}

function tableFeeds(classifier: Classifier, lines: readonly string[][]) {
  const { input } = classifier.manifest;
  const features = input.kind === 'tensors' ? (input.features ?? []) : [];
  const { columns, data } = tableOf(
    lines,
    features.map(({ name }) => name),
  );
  if (columns) return splitFeeds(classifier, columns, data, 'the body');
  return rowFeeds(classifier, shapedRows(classifier, data), 'the body');
}

function invocationFeeds(
  classifier: Classifier,
  { dataframe_split: split, dataframe_records: records, instances, inputs }: z.output<ReturnType<typeof invocation>>,
) {
  if (instances) return rowFeeds(classifier, instances, 'instances');
  if (records) return rowFeeds(classifier, records, 'dataframe_records');
  if (!split) return columnFeeds(classifier, inputs, 'inputs');
  return splitFeeds(classifier, split.columns, split.data, 'dataframe_split.data');
}

/** Rows under names. Without names to go by, a matrix is the one tensor, whatever its columns are called. */
function splitFeeds(
  classifier: Classifier,
  columns: readonly string[],
  data: readonly (readonly unknown[])[],
  where: string,
) {
  const { input } = classifier.manifest;
  const known = classifier.inputs.map(({ name }) => name);
  const pictures = input.kind === 'picture' && columns.length === 1;
  const named =
    pictures || (input.kind === 'tensors' && input.features) || columns.some((column) => known.includes(column));
  if (named && new Set(columns).size < columns.length) {
    throw new RequestError('request-invalid', expected('each column once', where, columns));
  }
  const rows = data.map((row, index) => {
    if (row.length !== columns.length) {
      throw new RequestError('request-invalid', expected(`${columns.length} values`, `${where}[${index}]`, row.length));
    }
    return named ? Object.fromEntries(columns.map((column, at) => [column, row[at]])) : row;
  });
  return rowFeeds(classifier, rows, where);
}
