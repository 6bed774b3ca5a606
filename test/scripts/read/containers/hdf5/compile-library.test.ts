import { describe, expect, it } from 'vitest';
import { compileLibrary, instantiate } from '../../../../../scripts/read/containers/hdf5/compile-library.ts';

/** The smallest module: a magic number and a version. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(source: unknown): Promise<{ instance: object }>;
    compile(source: unknown): Promise<object>;
  };
};

describe('taking the code of a library', () => {
  it('says when there is none, and leaves WebAssembly as it was', async () => {
    const before = WebAssembly.instantiate;
    const factory = async () => {
      // What others start meanwhile is theirs.
      expect((await WebAssembly.instantiate(EMPTY)).instance).toBeDefined();
      return {} as never;
    };
    await expect(compileLibrary(factory)).rejects.toThrow('without the HDF5 library');
    expect(WebAssembly.instantiate).toBe(before);
  });

  it('passes on what the start fails with', async () => {
    await expect(compileLibrary(() => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
  });

  it('lets a module be started many times', async () => {
    const module = await WebAssembly.compile(EMPTY);
    expect(await instantiate(module, {})).not.toBe(await instantiate(module, {}));
  });
});
