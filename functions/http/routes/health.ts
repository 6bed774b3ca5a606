import { type Classifier, loadClassifier, ModelError, toProblem } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { modelsState } from '../../shared/models/serving.ts';
import { once } from '../../shared/runtime/once.ts';
import { type Route, route } from '../route.ts';

const ready = once(() =>
  z.object({
    status: z.literal('ok'),
    model: z.object({ name: z.string(), version: z.string() }),
    models: z
      .optional(
        z.object({
          from: z.enum(['store', 'layer']),
          checked: z.optional(z.string()),
          problem: z.optional(z.string()),
        }),
      )
      .check(
        z.describe(
          'Where models come from, where the stack names a store: the layer answers while the store cannot be had.',
        ),
      ),
  }),
);

export const healthRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    id: 'health',
    tag: 'Service',
    summary: 'Whether a picture can be answered',
    open: true,
    responses: { 200: { description: 'It can.', content: { 'application/json': ready } } },
    handle: async ({ context }) => {
      context.header('cache-control', 'no-store');
      const { name, version } = (await readyModel()).manifest;
      const models = modelsState();
      return context.json({ status: 'ok', model: { name, version }, ...(models ? { models } : {}) });
    },
  }),
];

/**
 * The default model. Whatever the reason that there is none, this is a service that cannot answer yet, not a request that
 * failed.
 * @throws ModelError with a status of 503.
 */
export async function readyModel(): Promise<Classifier> {
  try {
    return await loadClassifier();
  } catch (cause) {
    throw toProblem(cause).status === 503
      ? cause
      : new ModelError('model-unavailable', 'No model is loaded', { cause });
  }
}
