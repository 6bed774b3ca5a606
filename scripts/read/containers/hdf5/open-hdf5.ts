import { expected } from '@freezeframe/inference';
import {
  ImportError,
  MAX_EXPANSION,
  MAX_FREE_EXPANSION_BYTES,
  MAX_HDF5_ATTRIBUTE_BYTES,
  MAX_HDF5_DEPTH,
  MAX_HDF5_OBJECTS,
  MAX_HDF5_STEPS,
  MAX_TENSOR_BYTES,
  MAX_TENSOR_RANK,
} from '#guards';
import type { Tensor } from '#keras';
import { DATATYPE, type Metadata } from './bindings.ts';
import { heapProblem } from './check-heaps.ts';
import { type Hdf5Instance, hdf5Instance, releaseInstance } from './library.ts';
import { asFloat32, attributeValues } from './values.ts';

/** `\x89HDF\r\n\x1a\n` */
const MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** HDF5's numbers for the kinds of objects, as `H5G_stat_t` has them. */
const GROUP = 0;
const DATASET = 1;

/** Filters compiled into the library: deflate, shuffle, fletcher32. Others would need code from outside. */
const FILTERS = new Set([1, 2, 3]);

/** An HDF5 file in memory. Paths have no slash at either end; the root is ''. Every method may throw `ImportError`. */
export interface Hdf5File {
  kind(path: string): 'group' | 'dataset' | undefined;
  /** Names of what a group holds. */
  children(path: string): readonly string[];
  /** Strings and numbers; a single one for a scalar, undefined where there is none. */
  attribute(path: string, name: string): string | readonly string[] | readonly number[] | number | undefined;
  /** As declared, without reading. */
  shape(path: string): readonly number[];
  /** Any numeric dataset as float32. */
  read(path: string): Tensor;
  /** Frees its memory. Calling it again does nothing. */
  close(): Promise<void>;
}

/** Whether bytes begin as HDF5 does; without a user block, which Keras never writes. */
export function isHdf5(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/** The library's tables, and what it keeps of a file's structure. */
const OWN_MEMORY = 96 * 2 ** 20;

let opened = 0;

/**
 * Every link is looked at before anything is read: links that leave the file or lead in circles are refused, too many
 * objects too. Declared sizes are held against the file's before memory is taken for them.
 * @throws ImportError `file-damaged`, `file-hostile`, `limit-exceeded`
 */
export async function openHdf5(bytes: Uint8Array, name: string): Promise<Hdf5File> {
  if (!isHdf5(bytes)) throw new ImportError('file-damaged', expected('an HDF5 file', name, 'other content'));
  const problem = heapProblem(bytes);
  if (problem) throw new ImportError('file-damaged', `${name} is damaged: ${problem}.`);
  const instance = await hdf5Instance();
  const { library } = instance;
  const path = `/${++opened}.h5`;
  const file = new OpenFile(instance, name, bytes.length, path);
  try {
    library.FS.writeFile(path, bytes, { canOwn: true });
    file.open();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

class OpenFile implements Hdf5File {
  readonly #instance: Hdf5Instance;
  readonly #name: string;
  readonly #bytes: number;
  readonly #path: string;
  readonly #kinds = new Map<string, number>([['', GROUP]]);
  readonly #described = new Map<string, Metadata>();
  #id = -1n;
  #closed = false;
  #state: 'well' | 'failed' | 'trapped' = 'well';

  constructor(instance: Hdf5Instance, name: string, bytes: number, path: string) {
    this.#instance = instance;
    this.#name = name;
    this.#bytes = bytes;
    this.#path = path;
  }

  open(): void {
    this.#instance.limitMemory(this.#memoryFor(0));
    this.#id = this.#try('open', ({ library }) => library.open(this.#path, 0));
    if (this.#id < 0n) throw this.#damaged('it cannot be opened');
    const names = this.#try('list', ({ library }) => library.get_names(this.#id, '/', true));
    if (names.length > MAX_HDF5_OBJECTS) {
      throw this.#limit(`at most ${MAX_HDF5_OBJECTS} objects`, this.#name, names.length);
    }
    const depths = names.map((name) => name.split('/').length);
    const depth = depths.reduce((most, each) => Math.max(most, each), 0);
    if (depth > MAX_HDF5_DEPTH) throw this.#limit(`at most ${MAX_HDF5_DEPTH} levels`, 'nested groups', depth);
    const steps = depths.reduce((sum, each) => sum + each * each, 0);
    if (steps > MAX_HDF5_STEPS) throw this.#limit(`at most ${MAX_HDF5_STEPS} steps`, 'its groups', steps);
    for (const name of names) this.#look(name);
  }

  kind(path: string): 'group' | 'dataset' | undefined {
    const kind = this.#kinds.get(path);
    return kind === GROUP ? 'group' : kind === DATASET ? 'dataset' : undefined;
  }

  children(path: string): readonly string[] {
    if (this.kind(path) !== 'group') throw this.#missing('group', path);
    return this.#try(path, ({ library }) => library.get_names(this.#id, `/${path}`, false));
  }

  attribute(path: string, name: string): ReturnType<Hdf5File['attribute']> {
    if (this.kind(path) === undefined) return undefined;
    const where = `attribute ${name} of ${path || 'the file'}`;
    const names = this.#try(where, ({ library }) => library.get_attribute_names(this.#id, `/${path}`));
    if (!names.includes(name)) return undefined;
    const metadata = this.#try(where, ({ library }) => library.get_attribute_metadata(this.#id, `/${path}`, name));
    const scalar = metadata.shape?.length === 0;
    if (metadata.shape === null || metadata.total_size === 0) return [];
    const bytes = this.#sizeOf(metadata, where);
    if (bytes > MAX_HDF5_ATTRIBUTE_BYTES || bytes > this.#bytes) {
      throw this.#limit(`at most ${Math.min(MAX_HDF5_ATTRIBUTE_BYTES, this.#bytes)} bytes`, where, bytes);
    }
    const values = this.#withMemory(where, bytes, (pointer) => {
      const { library } = this.#instance;
      if (library.get_attribute_data(this.#id, `/${path}`, name, BigInt(pointer)) < 0) throw this.#damaged(where);
      const read = attributeValues(library.HEAPU8, [pointer, bytes], metadata, where);
      if (!read) throw this.#damaged(where);
      if (metadata.vlen) library.reclaim_vlen_memory(this.#id, `/${path}`, name, BigInt(pointer));
      return read;
    });
    return scalar ? values[0] : values;
  }

  shape(path: string): readonly number[] {
    return this.#metadata(path).shape ?? [];
  }

  read(path: string): Tensor {
    const metadata = this.#metadata(path);
    const shape = metadata.shape ?? [];
    const bytes = this.#sizeOf(metadata, path);
    this.#checkSize(path, metadata, bytes);
    if (bytes === 0) return { shape, data: new Float32Array(0) };
    const raw = this.#withMemory(path, bytes, (pointer) => {
      const { library } = this.#instance;
      if (library.get_dataset_data(this.#id, `/${path}`, null, null, null, BigInt(pointer)) < 0) {
        throw this.#unreadable(path);
      }
      return library.HEAPU8.slice(pointer, pointer + bytes);
    });
    return { shape, data: asFloat32(raw, metadata, path) };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { library } = this.#instance;
    if (this.#state !== 'trapped') {
      try {
        if (this.#id >= 0n) library.close_file(this.#id);
        library.FS.unlink(this.#path);
      } catch {
        this.#state = 'trapped';
      }
    }
    await releaseInstance(this.#instance, this.#state);
  }

  /** Notes what lies at a path, if it lies in this file. */
  #look(path: string): void {
    const [soft, external, type] = this.#try(path, ({ library }) => [
      library.get_symbolic_link(this.#id, `/${path}`),
      library.get_external_link(this.#id, `/${path}`).filename,
      library.get_type(this.#id, `/${path}`),
    ]);
    if (external !== undefined) throw this.#hostile(`${path} links to another file`);
    // Keras writes none, and following one may lead in a circle.
    if (soft !== null) throw this.#hostile(`${path} is a soft link`);
    this.#kinds.set(path, type);
  }

  #metadata(path: string): Metadata {
    const known = this.#described.get(path);
    if (known) return known;
    if (this.kind(path) !== 'dataset') throw this.#missing('dataset', path);
    const metadata = this.#try(path, ({ library }) => library.get_dataset_metadata(this.#id, `/${path}`));
    if (metadata.virtual_sources) throw this.#hostile(`${path} takes its data from other files`);
    this.#described.set(path, metadata);
    return metadata;
  }

  #sizeOf({ total_size, size, shape }: Metadata, where: string): number {
    const rank = shape?.length ?? 0;
    if (rank > MAX_TENSOR_RANK) throw this.#limit(`at most ${MAX_TENSOR_RANK} axes`, where, rank);
    const count = (shape ?? []).reduce((n, axis) => n * axis, 1);
    if (!Number.isSafeInteger(size) || size <= 0) throw this.#damaged(where);
    if (count * size > MAX_TENSOR_BYTES) throw this.#limit(`at most ${MAX_TENSOR_BYTES} bytes`, where, count * size);
    if (shape && count !== total_size) throw this.#damaged(where);
    return total_size * size;
  }

  /** A declared size must fit what the file can hold, before memory is taken for it. */
  #checkSize(path: string, metadata: Metadata, bytes: number): void {
    if (metadata.vlen || metadata.type === DATATYPE.string) throw this.#damaged(`${path} holds text, not numbers`);
    if (!metadata.chunks) {
      if (bytes > this.#bytes) throw this.#damaged(`${path} declares ${bytes} bytes, more than the file has`);
      return;
    }
    if (bytes > Math.max(MAX_FREE_EXPANSION_BYTES, this.#bytes * MAX_EXPANSION)) {
      throw this.#hostile(`${path} expands to ${bytes} bytes`);
    }
    const chunk = metadata.chunks.reduce((n, axis) => n * axis, metadata.size);
    if (chunk > MAX_TENSOR_BYTES || chunk > Math.max(MAX_FREE_EXPANSION_BYTES, bytes * MAX_EXPANSION)) {
      throw this.#limit('chunks of the size of the data', path, chunk);
    }
    const filters = this.#try(path, ({ library }) => library.get_dataset_filters(this.#id, `/${path}`));
    const unknown = filters.find(({ id }) => !FILTERS.has(id));
    if (unknown) {
      throw new ImportError('format-unknown', expected('gzip compression or none', path, `HDF5 filter ${unknown.id}`), {
        remedy: 'Save the weights with Keras itself, which compresses nothing.',
      });
    }
  }

  #withMemory<T>(where: string, bytes: number, use: (pointer: number) => T): T {
    return this.#try(where, ({ library }) => {
      this.#instance.limitMemory(this.#memoryFor(bytes));
      const pointer = library._malloc(bytes);
      if (pointer === 0) throw this.#limit('less memory', where, bytes);
      try {
        // What a failed read leaves must not be what lay here before.
        library.HEAPU8.fill(0, pointer, pointer + bytes);
        return use(pointer);
      } finally {
        library._free(pointer);
      }
    });
  }

  /** What the library may take while it holds so much data of this file: that, as much again to convert it, and its own. */
  #memoryFor(bytes: number): number {
    return OWN_MEMORY + 2 * Math.min(this.#bytes, MAX_HDF5_ATTRIBUTE_BYTES) + 2.5 * bytes;
  }

  /** Runs a part of the library: what it throws tells that the file is damaged, and perhaps the library with it. */
  #try<T>(where: string, run: (instance: Hdf5Instance) => T): T {
    if (this.#closed || this.#state === 'trapped') throw this.#damaged('it was closed');
    this.#instance.said.length = 0;
    try {
      return run(this.#instance);
    } catch (error) {
      if (error instanceof ImportError) throw error;
      // The bindings throw plain errors for what is not there; all else (traps, C++ exceptions) ends the library.
      const plain = error instanceof Error && error.message.startsWith('error - ');
      this.#state = plain ? 'failed' : 'trapped';
      throw this.#damaged(where, error);
    }
  }

  #unreadable(path: string): ImportError {
    // The data's layout is not asked for by the bindings; HDF5's own class of the error is.
    const outside = this.#instance.said.some((line) => line.includes('major: External file list'));
    return outside ? this.#hostile(`${path} takes its data from another file`) : this.#damaged(path);
  }

  #missing(what: string, path: string): ImportError {
    return new ImportError('file-damaged', expected(`the ${what} ${path}`, this.#name, this.kind(path)));
  }

  #damaged(what: string, cause?: unknown): ImportError {
    if (this.#state === 'well') this.#state = 'failed';
    return new ImportError('file-damaged', `${this.#name} is damaged: ${what}.`, {
      cause,
      remedy: 'Fetch or save the file again.',
    });
  }

  #hostile(what: string): ImportError {
    return new ImportError('file-hostile', `In ${this.#name}, ${what}.`, {
      remedy: 'Do not use this file, or save the model again with Keras.',
    });
  }

  #limit(what: string, where: string, received: unknown): ImportError {
    return new ImportError('limit-exceeded', expected(what, where, received));
  }
}
