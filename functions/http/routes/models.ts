import { listModels, loadClassifier, type Manifest } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { once } from '../../shared/runtime/once.ts';
import { cacheable } from '../responses/cacheable.ts';
import { type Route, route } from '../route.ts';

const described = once(() =>
  z.looseObject({
    name: z.string(),
    version: z.string(),
    task: z.enum(['classification', 'regression', 'tensors']),
    input: z.looseObject({ kind: z.enum(['picture', 'tensors']) }),
    output: z.looseObject({ kind: z.string() }),
    precision: z.string(),
    metrics: z.record(z.string(), z.unknown()),
  }),
);

const models = once(() =>
  z.object({
    default: z.object({ name: z.string(), version: z.string() }),
    models: z.array(described()),
  }),
);

export const modelsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/models',
    id: 'models',
    tag: 'Service',
    summary: 'What can be asked, and which model answers where none is named',
    responses: {
      200: {
        description: 'Every version of every model.',
        content: { 'application/json': models },
        headers: { etag: 'Changes with the answer.' },
      },
      304: { description: 'The answer is the one whose ETag was sent in if-none-match.' },
    },
    handle: async ({ context }) => {
      const { name, version } = (await loadClassifier()).manifest;
      const known = (await listModels()).map(describeModel);
      const body = JSON.stringify({ default: { name, version }, models: known });
      return cacheable(context, body, 'application/json');
    },
  }),
];

/** A manifest without where the model came from and how it is stored: that is the owner's business. */
function describeModel({ name, version, task, input, output, precision, metrics }: Manifest) {
  return { name, version, task, input, output, precision, metrics };
}
