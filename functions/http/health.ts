import { FreezeframeError, loadClassifier } from '@freezeframe/inference';
import { Hono } from 'hono';
import { describeError, logLine } from '../shared/log.ts';

/** `GET /health`: 200 once a picture can be answered, 503 until then. */
export function healthRoutes(): Hono {
  return new Hono().get('/health', async (context) => {
    context.header('cache-control', 'no-store');
    try {
      const { name, version } = (await loadClassifier()).manifest;
      return context.json({ status: 'ok', model: { name, version } });
    } catch (cause) {
      logLine('error', 'not healthy', describeError(cause));
      throw new FreezeframeError('model-unavailable', 'No model is loaded, so no picture can be answered', { cause });
    }
  });
}
