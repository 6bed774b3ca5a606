import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => vi.resetModules());

it.each([
  ['onnxruntime-node', 'engine-unavailable', 'loadOnnxruntime'],
  ['sharp', 'decoder-unavailable', 'loadSharp'],
] as const)('a binary of %s that does not load carries its remedy', async (name, code, load) => {
  vi.doMock(name, () => {
    throw new Error('/secret/path/libonnxruntime.so.1: cannot open shared object file');
  });
  const native = await import('../../../layers/inference/src/native.ts');
  const error = await native[load]().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code, remedy: expect.stringContaining('npm ci'), details: { package: name } });
  expect((error as Error).message).not.toContain('/secret');
  vi.doUnmock(name);
});

it('answers the same module twice', async () => {
  const { loadOnnxruntime, loadSharp } = await import('../../../layers/inference/src/native.ts');
  expect(await loadOnnxruntime()).toBe(await loadOnnxruntime());
  expect(await loadSharp()).toBe(await loadSharp());
});

describe('the telemetry of onnxruntime', () => {
  /** In a thread of a process that loads nothing else: the path of a module of this project, and the process's variable. */
  const inThread = (optOut: string | undefined) =>
    new Promise<string>((resolve, reject) => {
      const native = new URL('../../../layers/inference/src/native.ts', import.meta.url).href;
      const code = `
        import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(native)}); })
          .then(({ loadOnnxruntime }) => loadOnnxruntime())
          .then(() => 'loaded', (error) => error.code)
          .then((said) => require('node:worker_threads').parentPort.postMessage(said));`;
      const { ORT_DISABLE_TELEMETRY: _, ...rest } = process.env;
      const env = optOut === undefined ? rest : { ...rest, ORT_DISABLE_TELEMETRY: optOut };
      new Worker(code, { eval: true, env }).once('message', resolve).once('error', reject);
    });

  it('is switched off in the main thread as soon as the package is loaded', async () => {
    await import('../../../layers/inference/src/native.ts');
    expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1');
  });

  it('keeps a thread from loading it where the process was not told', async () => {
    expect(await inThread(undefined)).toBe('telemetry-on');
    expect(await inThread('0')).toBe('telemetry-on');
    expect(await inThread('1')).toBe('loaded');
  });
});
