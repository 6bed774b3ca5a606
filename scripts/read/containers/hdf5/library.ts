import {
  compileLibrary,
  instantiate,
  type LibraryFactory,
  type WasmMemory,
  type WasmModule,
} from './compile-library.ts';

/** How a datatype and a dataspace are described, for datasets and attributes alike. */
export interface Metadata {
  readonly type: number;
  /** Bytes of one element. */
  readonly size: number;
  readonly signed: boolean;
  /** Strings of variable length: elements are addresses. */
  readonly vlen: boolean;
  readonly shape: readonly number[] | null;
  readonly total_size: number;
  readonly chunks: readonly number[] | null;
  readonly virtual_sources?: readonly unknown[];
  readonly enum_type?: { readonly type: number };
}

/** HDF5's datatype classes, by their number in the format. */
export const DATATYPE = { integer: 0, float: 1, string: 3, opaque: 5, enumeration: 8 } as const;

/** What is used of the HDF5 library, compiled to WebAssembly: h5wasm's bindings below its own classes. */
export interface Hdf5Library {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly FS: {
    writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
    unlink(path: string): void;
    readdir(path: string): string[];
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  open(path: string, mode: number): bigint;
  close_file(file: bigint): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_type(file: bigint, path: string): number;
  get_symbolic_link(file: bigint, path: string): string | null;
  get_external_link(file: bigint, path: string): { filename?: string };
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Metadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: bigint, path: string): Metadata;
  get_dataset_filters(file: bigint, path: string): { id: number }[];
  get_dataset_data(file: bigint, path: string, count: null, offset: null, strides: null, pointer: bigint): number;
  reclaim_vlen_memory(file: bigint, path: string, attribute: string, pointer: bigint): number;
}

/** A running library and what it said last on its standard error. */
export interface Hdf5Instance {
  readonly library: Hdf5Library;
  /** HDF5's own error stack since it was last emptied: never printed, it is full of addresses. */
  readonly said: string[];
  /** Lets its memory grow to this many bytes and no further; what asks for more is told that there is none. */
  limitMemory(bytes: number): void;
}

/** Above this the memory of WebAssembly, which never shrinks, is given back by starting anew. */
const KEPT_MEMORY = 256 * 2 ** 20;
/** Each damaged file may leave handles open in the library; starting anew takes a few milliseconds. */
const KEPT_FAILURES = 64;

let compiled: Promise<WasmModule> | undefined;
let current: Promise<Hdf5Instance> | undefined;
let failures = 0;

/** The library, started on first use (0.1 s). It sees an empty file system of its own, nothing of the machine's. */
export function hdf5Instance(): Promise<Hdf5Instance> {
  current ??= start();
  return current;
}

/** To be called when a file was closed, so that no file can spoil the next. */
export async function releaseInstance(instance: Hdf5Instance, how: 'well' | 'failed' | 'trapped'): Promise<void> {
  if (how === 'failed') failures += 1;
  const { length } = instance.library.HEAPU8;
  if (how !== 'trapped' && failures < KEPT_FAILURES && length <= KEPT_MEMORY) return;
  if (current && (await current) === instance) {
    current = undefined;
    failures = 0;
  }
}

async function start(): Promise<Hdf5Instance> {
  // The package's own entry starts one library for the whole process and lets it print; the factory below it does not.
  const address = new URL('hdf5_util.js', import.meta.resolve('h5wasm')).href;
  const { default: factory } = (await import(address)) as { default: LibraryFactory };
  compiled ??= compileLibrary(factory);
  const module = await compiled;
  const said: string[] = [];
  const listen = (line: string) => {
    if (said.length < 200) said.push(line);
  };
  let limit = Number.POSITIVE_INFINITY;
  const library = await factory({
    noInitialRun: true,
    print: listen,
    printErr: listen,
    stdin: () => null,
    instantiateWasm: (imports, receive) => {
      instantiate(module, imports).then((instance) => {
        limitGrowth(instance.exports.memory as WasmMemory, () => limit);
        receive(instance, module);
      });
    },
  });
  // A dataset may name an outside file that holds its data: none may be there, nor any device.
  for (const name of library.FS.readdir('/dev')) {
    if (name !== '.' && name !== '..' && name !== 'shm') library.FS.unlink(`/dev/${name}`);
  }
  const limitMemory = (bytes: number) => {
    limit = bytes;
  };
  return { library, said, limitMemory };
}

/** A damaged size makes HDF5 ask for gigabytes, and fill them, before it looks whether the file has as many. */
function limitGrowth(memory: WasmMemory, limit: () => number): void {
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * 2 ** 16 > limit()) throw new RangeError('the limit of memory is reached');
    return grow(pages);
  };
}
