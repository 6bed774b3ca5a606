import type { Hdf5Library } from './bindings.ts';

/** A compiled module; opaque. */
export type WasmModule = object;

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WebAssemblyApi {
  readonly Module: { new (...parts: never): WasmModule; exports(module: WasmModule): { name: string }[] };
  compile(source: unknown): Promise<WasmModule>;
  instantiate(source: unknown, imports?: object): Promise<unknown>;
}

/** What is used of WebAssembly: Node has it, the types of Node leave it to those of browsers. */
const api = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

interface LibraryOptions {
  readonly noInitialRun: boolean;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
  readonly stdin: () => null;
  readonly instantiateWasm?: (imports: object, receive: (instance: WasmInstance, module: WasmModule) => void) => void;
}

export type LibraryFactory = (options: LibraryOptions) => Promise<Hdf5Library>;

export function instantiate(module: WasmModule, imports: object): Promise<WasmInstance> {
  return api.instantiate(module, imports) as Promise<WasmInstance>;
}

/**
 * The library's code, compiled once. It is embedded in the package's JavaScript, which gives it to nobody: it is taken
 * where a first start hands it over to be instantiated, which is as far as that start comes.
 */
export function compileLibrary(factory: LibraryFactory): Promise<WasmModule> {
  const original = api.instantiate;
  const found = new Promise<WasmModule>((resolve, reject) => {
    api.instantiate = async (source, imports) => {
      if (source instanceof api.Module) return original(source, imports);
      const module = await api.compile(source);
      const isHdf5 = api.Module.exports(module).some(({ name }) => name === 'H5Fopen');
      if (!isHdf5) return { module, instance: await original(module, imports) };
      resolve(module);
      return new Promise<never>(() => {});
    };
    const silent = { noInitialRun: true, print: () => {}, printErr: () => {}, stdin: () => null } as const;
    factory(silent).then(() => reject(new Error('h5wasm started without the HDF5 library')), reject);
  });
  return found.finally(() => {
    api.instantiate = original;
  });
}
