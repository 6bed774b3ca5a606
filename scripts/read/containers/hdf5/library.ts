import type { Hdf5Library } from './bindings.ts';
import {
  compileLibrary,
  instantiate,
  type LibraryFactory,
  type WasmMemory,
  type WasmModule,
} from './compile-library.ts';

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
