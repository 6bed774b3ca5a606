import { afterEach, expect, it, vi } from 'vitest';

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
