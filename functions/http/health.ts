import { loadClassifier, ModelError, toProblem } from '@freezeframe/inference';
import { Hono } from 'hono';

/** `GET /health`: 200 once a picture can be answered, 503 until then. */
export function healthRoutes(): Hono {
  return new Hono().get('/health', async (context) => {
    context.header('cache-control', 'no-store');
    try {
      const { name, version } = (await loadClassifier()).manifest;
      return context.json({ status: 'ok', model: { name, version } });
    } catch (cause) {
      // Whatever the reason, this is a service that cannot answer yet, not a request that failed.
      throw toProblem(cause).status === 503
        ? cause
        : new ModelError('model-unavailable', 'No model is loaded', { cause });
    }
  });
}
