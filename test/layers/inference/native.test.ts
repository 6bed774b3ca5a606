import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

describe("libvips's loaders", () => {
  const OURS = ['Heif', 'Jpeg', 'Nsgif', 'Png', 'Tiff', 'Webp'];
  const family = fileURLToPath(new URL('../../../node_modules/@img', import.meta.url));
  const binary = existsSync(family)
    ? readdirSync(family, { recursive: true, encoding: 'utf8' })
        .filter((name) => /libvips-cpp[\w.]*\.(so|dylib)/.test(name))
        .map((name) => join(family, name))[0]
    : undefined;

  async function blocked(): Promise<string[]> {
    const { default: sharp } = await import('sharp');
    const block = vi.spyOn(sharp, 'block');
    const { loadSharp } = await import('../../../layers/inference/src/native.ts');
    await loadSharp();
    return block.mock.calls.flatMap(([{ operation }]) => operation);
  }

  it('of accepted formats are never off, while another thread may decode', async () => {
    const names = await blocked();
    for (const ours of OURS) expect(names.filter((name) => `VipsForeignLoad${ours}`.startsWith(name))).toEqual([]);
  });

  it.skipIf(!binary)('are all known: of accepted formats, or switched off', async () => {
    const text = (await readFile(binary as string)).toString('latin1');
    const found = [...new Set(text.match(/VipsForeignLoad[A-Z]\w*/g))];
    const known = [...OURS.map((name) => `VipsForeignLoad${name}`), ...(await blocked())];
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((name) => !known.some((one) => name.startsWith(one)))).toEqual([]);
  });
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
