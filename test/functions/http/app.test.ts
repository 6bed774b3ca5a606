import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../functions/http/app.ts';
import { expectPrinted } from '../../printed.ts';
import { useModels, writeModels } from '../models.ts';

useModels();
const app = createApp();

async function withoutModels(modelsDir: string, use: () => Promise<void>) {
  const before = process.env.MODELS_DIR as string;
  process.env.MODELS_DIR = modelsDir;
  try {
    await use();
  } finally {
    process.env.MODELS_DIR = before;
  }
}

describe('GET /health', () => {
  it('is 200 and names the model once a picture can be answered', async () => {
    const response = await app.request('/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', model: { name: 'colours', version: '1' } });
  });

  it('is 503 without a model, says nothing of why, and recovers when there is one', async () => {
    const empty = await writeModels([]);
    await rm(empty, { recursive: true });
    await withoutModels(empty, async () => {
      const response = await app.request('/health');
      expect(response.status).toBe(503);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ status: 503, title: 'No model is installed' });
      expect(text).not.toContain(empty);
    });
    expect((await app.request('/health')).status).toBe(200);
    expectPrinted(/request failed/);
  });

  it('is 503 whatever the reason', async () => {
    await withoutModels('\0', async () => {
      expect((await app.request('/health')).status).toBe(503);
      expect((await app.request('/models')).status).toBe(503);
    });
    expectPrinted(/request failed/);
  });
});

describe('GET /models', () => {
  it('says what can be asked and which model answers by default, and not where it came from', async () => {
    const response = await app.request('/models');
    const text = await response.text();
    expect(text).not.toMatch(/secret|sha256|provenance/);
    const { default: preferred, models } = JSON.parse(text);
    expect(preferred).toEqual({ name: 'colours', version: '1' });
    expect(models.map(({ name }: { name: string }) => name)).toEqual(['colours', 'prices']);
    expect(models[0]).toMatchObject({ task: 'classification', output: { labels: ['red', 'green', 'blue'] } });
  });
});

describe('what there is not', () => {
  it.each(['/nothing', '/classify/', '/models/../../etc/passwd', '/.git/config', '/%00', '/*', '/page/client.js'])(
    'answers %s with 404',
    async (path) => {
      const response = await app.request(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ type: '/errors#not-found', status: 404 });
    },
  );

  it.each([
    ['GET', '/classify', 'POST'],
    ['DELETE', '/classify', 'POST'],
    ['HEAD', '/classify', 'POST'],
    ['POST', '/', 'GET, HEAD'],
    ['PUT', '/models', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
  ])('answers %s %s with 405 and Allow', async (method, path, allow) => {
    const response = await app.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    if (method !== 'HEAD') expect(await response.json()).toMatchObject({ status: 405, instance: path });
  });

  it('answers HEAD as GET without a body, and OPTIONS with Allow', async () => {
    for (const path of ['/', '/health', '/models']) {
      const head = await app.request(path, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
    }
    const options = await app.request('/classify', { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST']);
  });

  it('answers a failure that nobody foresaw with 500 and nothing about it', async () => {
    const broken = createApp();
    broken.get('/broken', () => {
      throw new Error('password is hunter2 in /srv/secret');
    });
    const response = await broken.request('/broken');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      type: '/errors#internal',
      title: expect.any(String),
      status: 500,
      instance: '/broken',
    });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expectPrinted(/request failed.*hunter2/);
  });
});
