import { expected } from '@freezeframe/inference';
import { ByteBuffer } from 'flatbuffers';
import { checkLimit, ImportError } from '#guards';

/** Bytes of each kind of number. */
const SIZES = { bool: 1, int8: 1, uint8: 1, int32: 4, uint32: 4, float32: 4, int64: 8, uint64: 8 } as const;
export type NumberKind = keyof typeof SIZES;

/** Longest text that is read: names of operators and tensors, which optimizers join. */
const MAX_TEXT_BYTES = 65_536;

/**
 * A table of a flatbuffer. The library reads whatever an offset points to, as flatbuffers are made to be read without a
 * look beforehand. Here every read is held against the end of the file first.
 */
export class Table {
  readonly #buffer: ByteBuffer;
  readonly #at: number;
  /** Where the places of the fields begin, and how many bytes they take. */
  readonly #fields: { readonly at: number; readonly bytes: number };

  private constructor(buffer: ByteBuffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
    within(buffer, at, 4);
    const fields = at - buffer.readInt32(at);
    within(buffer, fields, 4);
    this.#fields = { at: fields, bytes: buffer.readUint16(fields) };
    within(buffer, fields, this.#fields.bytes);
  }

  /** @throws ImportError `file-damaged` for offsets that lead out of the file */
  static root(bytes: Uint8Array): Table {
    const buffer = new ByteBuffer(bytes);
    within(buffer, 0, 8);
    return new Table(buffer, buffer.readUint32(0));
  }

  number(slot: number, kind: NumberKind, otherwise = 0): number {
    const at = this.#place(slot);
    if (at === undefined) return otherwise;
    within(this.#buffer, at, SIZES[kind]);
    return read(this.#buffer, at, kind);
  }

  has(slot: number): boolean {
    return this.#place(slot) !== undefined;
  }

  text(slot: number): string | undefined {
    const found = this.#vector(slot, 1);
    if (!found) return undefined;
    checkLimit(found.length, MAX_TEXT_BYTES, 'bytes', 'a text');
    return new TextDecoder().decode(this.#buffer.bytes().subarray(found.at, found.at + found.length));
  }

  /** As they lie in the file, not copied. */
  bytes(slot: number): Uint8Array {
    const found = this.#vector(slot, 1);
    return found ? this.#buffer.bytes().subarray(found.at, found.at + found.length) : new Uint8Array();
  }

  /** @param most longer lists are refused before they are read */
  numbers(slot: number, kind: NumberKind, most: number): number[] {
    const found = this.#vector(slot, SIZES[kind]);
    if (!found) return [];
    checkLimit(found.length, most, 'elements', 'a list of the file');
    return Array.from({ length: found.length }, (_, i) => read(this.#buffer, found.at + i * SIZES[kind], kind));
  }

  /** A table of its own, or the one of a union. */
  table(slot: number): Table | undefined {
    const at = this.#place(slot);
    return at === undefined ? undefined : this.#follow(at);
  }

  /** @param most longer lists are refused before they are read */
  tables(slot: number, most: number): Table[] {
    const found = this.#vector(slot, 4);
    if (!found) return [];
    checkLimit(found.length, most, 'elements', 'a list of the file');
    return Array.from({ length: found.length }, (_, i) => this.#follow(found.at + 4 * i));
  }

  #place(slot: number): number | undefined {
    const field = 4 + 2 * slot;
    if (field + 2 > this.#fields.bytes) return undefined;
    const offset = this.#buffer.readUint16(this.#fields.at + field);
    return offset === 0 ? undefined : this.#at + offset;
  }

  #follow(at: number): Table {
    within(this.#buffer, at, 4);
    return new Table(this.#buffer, at + this.#buffer.readUint32(at));
  }

  #vector(slot: number, size: number): { at: number; length: number } | undefined {
    const place = this.#place(slot);
    if (place === undefined) return undefined;
    within(this.#buffer, place, 4);
    const at = place + this.#buffer.readUint32(place);
    within(this.#buffer, at, 4);
    const length = this.#buffer.readUint32(at);
    within(this.#buffer, at + 4, length * size);
    return { at: at + 4, length };
  }
}

function read(buffer: ByteBuffer, at: number, kind: NumberKind): number {
  switch (kind) {
    case 'bool':
      return buffer.readUint8(at) === 0 ? 0 : 1;
    case 'int8':
      return buffer.readInt8(at);
    case 'uint8':
      return buffer.readUint8(at);
    case 'int32':
      return buffer.readInt32(at);
    case 'uint32':
      return buffer.readUint32(at);
    case 'float32':
      return buffer.readFloat32(at);
    case 'int64':
      return Number(buffer.readInt64(at));
    case 'uint64':
      return Number(buffer.readUint64(at));
  }
}

function within(buffer: ByteBuffer, at: number, bytes: number): void {
  const end = buffer.capacity();
  if (at >= 0 && at + bytes <= end) return;
  throw new ImportError('file-damaged', expected(`offsets within its ${end} bytes`, 'the flatbuffer', at + bytes), {
    remedy: 'Fetch or export the file again.',
  });
}
