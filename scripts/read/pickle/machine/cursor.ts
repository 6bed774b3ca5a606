import { damaged, tooMuch } from '../errors.ts';
import { PICKLE_LIMITS } from '../limits.ts';

const NEWLINE = 0x0a;

/** Reads a pickle's bytes from first to last; no read goes behind the end, whatever length the file claims. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Of the next byte. */
  position = 0;
  /** Of the current opcode, for messages. */
  opcode = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A view, not a copy. */
  take(length: number | bigint, what: string): Uint8Array {
    if (length < 0) throw damaged(`${what} has the length ${length}`, this.opcode);
    if (length > PICKLE_LIMITS.length)
      throw tooMuch(`the length of ${what}`, PICKLE_LIMITS.length, length, this.opcode);
    const from = this.#advance(Number(length), what);
    return this.bytes.subarray(from, this.position);
  }

  uint8(what = 'an argument'): number {
    return this.#view.getUint8(this.#advance(1, what));
  }

  uint16(what = 'an argument'): number {
    return this.#view.getUint16(this.#advance(2, what), true);
  }

  int32(what = 'an argument'): number {
    return this.#view.getInt32(this.#advance(4, what), true);
  }

  uint32(what = 'an argument'): number {
    return this.#view.getUint32(this.#advance(4, what), true);
  }

  uint64(what = 'an argument'): bigint {
    return this.#view.getBigUint64(this.#advance(8, what), true);
  }

  /** Pickles have the one big-endian number: floats. */
  float64(what = 'a float'): number {
    return this.#view.getFloat64(this.#advance(8, what), false);
  }

  /** Up to the next line feed, which is left out. */
  line(what: string, longest: number = PICKLE_LIMITS.line): Uint8Array {
    const end = this.bytes.indexOf(NEWLINE, this.position);
    if (end < 0) throw damaged(`${what} has no end of line`, this.opcode);
    const length = end - this.position;
    if (length > longest) throw tooMuch(`the length of ${what}`, longest, length, this.opcode);
    const line = this.bytes.subarray(this.position, end);
    this.position = end + 1;
    return line;
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  #advance(length: number, what: string): number {
    if (length > this.left)
      throw damaged(`${what} of ${length} bytes is cut short, ${this.left} are left`, this.opcode);
    const from = this.position;
    this.position += length;
    return from;
  }
}
