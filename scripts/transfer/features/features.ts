import { writeSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '#system';

/** Rows of one window: 4,096 of 1,280 numbers are 20 MB. Sums over windows depend on it in their last bits. */
const WINDOW_ROWS = 4_096;
/** More than that lies in a file: 13,107 rows of 1,280 numbers. */
const MOST_IN_MEMORY = 64 * 1024 * 1024;

interface Window {
  /** Number of the first row. */
  readonly first: number;
  readonly count: number;
  /** Row-major. Used again by the next window. */
  readonly rows: Float32Array;
}

/** Rows of numbers, one for each picture, which may be more than memory holds. */
export interface Features {
  readonly count: number;
  readonly width: number;
  /** All rows in order, some thousands at a time. */
  windows(): AsyncIterable<Window>;
  /** Copies of these rows, one after the other. */
  rows(numbers: ArrayLike<number>): Promise<Float32Array>;
  /** These rows alone. Closing either closes both. */
  select(numbers: Int32Array): Features;
  close(): Promise<void>;
}

/** Features that are being gathered, row by row in any order. */
export interface FeatureTable extends Features {
  set(row: number, values: Float32Array): void;
}

/**
 * Room for features of so many pictures: in memory where they are few, otherwise in a file that is gone when it is closed, and
 * when the process ends.
 * @param most bytes that are held in memory
 */
export async function openFeatures(
  folder: string,
  count: number,
  width: number,
  most = MOST_IN_MEMORY,
): Promise<FeatureTable> {
  if (count * width * Float32Array.BYTES_PER_ELEMENT <= most)
    return new MemoryFeatures(new Float32Array(count * width), width);
  await makeFolder(folder);
  const path = join(folder, `${crypto.randomUUID()}.scratch`);
  const file = await open(path, 'wx+');
  // Open files stay readable without their name.
  await rm(path);
  return new FileFeatures(
    file,
    width,
    Int32Array.from({ length: count }, (_, row) => row),
  );
}

export class MemoryFeatures implements FeatureTable {
  readonly count: number;
  readonly width: number;
  readonly #values: Float32Array;

  constructor(values: Float32Array, width: number) {
    this.count = values.length / width;
    this.width = width;
    this.#values = values;
  }

  set(row: number, values: Float32Array): void {
    this.#values.set(values, row * this.width);
  }

  async *windows(): AsyncIterable<Window> {
    for (let first = 0; first < this.count; first += WINDOW_ROWS) {
      const count = Math.min(WINDOW_ROWS, this.count - first);
      yield { first, count, rows: this.#values.subarray(first * this.width, (first + count) * this.width) };
    }
  }

  async rows(numbers: ArrayLike<number>): Promise<Float32Array> {
    return this.#copy(numbers);
  }

  select(numbers: Int32Array): Features {
    return isEach(numbers, this.count) ? this : new MemoryFeatures(this.#copy(numbers), this.width);
  }

  async close(): Promise<void> {}

  #copy(numbers: ArrayLike<number>): Float32Array {
    const { width } = this;
    const copy = new Float32Array(numbers.length * width);
    for (let i = 0; i < numbers.length; i++) {
      const row = numbers[i] as number;
      copy.set(this.#values.subarray(row * width, (row + 1) * width), i * width);
    }
    return copy;
  }
}

class FileFeatures implements FeatureTable {
  readonly count: number;
  readonly width: number;
  readonly #file: FileHandle;
  /** Where in the file each row is, counted in rows. */
  readonly #places: Int32Array;
  readonly #free: Float32Array[] = [];

  constructor(file: FileHandle, width: number, places: Int32Array) {
    this.count = places.length;
    this.width = width;
    this.#file = file;
    this.#places = places;
  }

  set(row: number, values: Float32Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const place = (this.#places[row] as number) * bytes.length;
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#file.fd, bytes, done, bytes.length - done, place + done);
  }

  /** The next window is read while this one is worked on. */
  async *windows(): AsyncIterable<Window> {
    const buffers = [this.#buffer(), this.#buffer()] as const;
    const load = async (first: number, turn: number): Promise<Window> => {
      const count = Math.max(0, Math.min(WINDOW_ROWS, this.count - first));
      const rows = (buffers[turn % 2] as Float32Array).subarray(0, count * this.width);
      await this.#read(this.#places.subarray(first, first + count), rows);
      return { first, count, rows };
    };
    let next = load(0, 0);
    try {
      for (let turn = 1; ; turn++) {
        const window = await next;
        if (window.count === 0) return;
        next = load(window.first + window.count, turn);
        // Awaited in the next turn: a failure there is not one that nobody hears of.
        next.catch(() => undefined);
        yield window;
      }
    } finally {
      await next.catch(() => undefined);
      this.#free.push(...buffers);
    }
  }

  async rows(numbers: ArrayLike<number>): Promise<Float32Array> {
    const rows = new Float32Array(numbers.length * this.width);
    await this.#read(
      Int32Array.from(numbers, (row) => this.#places[row] as number),
      rows,
    );
    return rows;
  }

  select(numbers: Int32Array): Features {
    if (isEach(numbers, this.count)) return this;
    return new FileFeatures(
      this.#file,
      this.width,
      numbers.map((row) => this.#places[row] as number),
    );
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #buffer(): Float32Array {
    return this.#free.pop() ?? new Float32Array(Math.min(WINDOW_ROWS, this.count) * this.width);
  }

  /** Rows that lie one behind the other are read at once. */
  async #read(places: Int32Array, into: Float32Array): Promise<void> {
    const size = this.width * Float32Array.BYTES_PER_ELEMENT;
    for (let first = 0; first < places.length; ) {
      let end = first + 1;
      while (end < places.length && places[end] === (places[end - 1] as number) + 1) end++;
      const bytes = new Uint8Array(into.buffer, into.byteOffset + first * size, (end - first) * size);
      for (let done = 0; done < bytes.length; ) {
        const at = (places[first] as number) * size + done;
        const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, at);
        if (bytesRead === 0) throw new Error('a row of features was never written');
        done += bytesRead;
      }
      first = end;
    }
  }
}

function isEach(numbers: Int32Array, count: number): boolean {
  return numbers.length === count && numbers.every((row, i) => row === i);
}
