import { listModels, loadClassifier, type Manifest } from '@freezeframe/inference';
import { Hono } from 'hono';

/** `GET /models`: what can be asked, and which model answers where none is named. */
export function modelsRoutes(): Hono {
  return new Hono().get('/models', async (context) => {
    const { name, version } = (await loadClassifier()).manifest;
    const models = await listModels();
    context.header('cache-control', 'no-cache');
    return context.json({ default: { name, version }, models: models.map(describeModel) });
  });
}

/** A manifest without where the model came from and how it is stored: that is the owner's business. */
function describeModel({ name, version, task, input, output, precision, metrics }: Manifest) {
  return { name, version, task, input, output, precision, metrics };
}
