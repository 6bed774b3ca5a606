/** Bytes of a value by its type, 1 to 18 (https://www.awaresystems.be/imaging/tiff/bigtiff.html). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const [SHORT, LONG, LONG8] = [3, 4, 16];

/** Where pixels lie, and how many bytes: of strips and of tiles. */
const [STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES] = [273, 279, 324, 325];
const PIXEL_TAGS = [STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES];

interface Values {
  readonly type: number;
  readonly count: number;
  readonly offset: number;
}

/** Whether the first directory, a value in it, or its pixels lie behind the end. It may stand before them or after. */
export function tiffEndsEarly(view: Buffer): boolean {
  const file = new TiffFile(view);
  try {
    const directory = file.pointer(file.big ? 8 : 4);
    const pixels = new Map<number, Values>();
    const entries = file.big ? file.long8(directory) : file.short(directory);
    const first = directory + (file.big ? 8 : 2);
    for (let entry = 0; entry < entries; entry++) {
      const at = first + entry * (file.big ? 20 : 12);
      const [tag, type] = [file.short(at), file.short(at + 2)];
      const count = file.pointer(at + 4);
      const place = at + (file.big ? 12 : 8);
      const bytes = count * (TYPE_BYTES[type] ?? 0);
      const offset = bytes > (file.big ? 8 : 4) ? file.pointer(place) : place;
      if (offset + bytes > view.length) return true;
      // Of a type without a size there may be said to be any number: nothing of it lies in the file.
      if (bytes > 0 && PIXEL_TAGS.includes(tag)) pixels.set(tag, { type, count, offset });
    }
    // The next directory's position ends this one; files have been cut within it.
    file.pointer(first + entries * (file.big ? 20 : 12));
    return (
      file.endsBefore(pixels.get(STRIP_OFFSETS), pixels.get(STRIP_BYTES)) ||
      file.endsBefore(pixels.get(TILE_OFFSETS), pixels.get(TILE_BYTES))
    );
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

/** Numbers of a TIFF or a BigTIFF, in its order of bytes. Reading behind the end throws RangeError. */
class TiffFile {
  readonly big: boolean;
  readonly #view: Buffer;
  readonly #little: boolean;

  constructor(view: Buffer) {
    this.#view = view;
    this.#little = view[0] === 0x49;
    this.big = view[2] === 0x2b || view[3] === 0x2b;
  }

  short(at: number): number {
    return this.#little ? this.#view.readUInt16LE(at) : this.#view.readUInt16BE(at);
  }

  long(at: number): number {
    return this.#little ? this.#view.readUInt32LE(at) : this.#view.readUInt32BE(at);
  }

  long8(at: number): number {
    return Number(this.#little ? this.#view.readBigUInt64LE(at) : this.#view.readBigUInt64BE(at));
  }

  pointer(at: number): number {
    return this.big ? this.long8(at) : this.long(at);
  }

  endsBefore(offsets: Values | undefined, sizes: Values | undefined): boolean {
    if (!offsets || !sizes) return false;
    for (let part = 0; part < Math.min(offsets.count, sizes.count); part++)
      if (this.#number(offsets, part) + this.#number(sizes, part) > this.#view.length) return true;
    return false;
  }

  #number({ type, offset }: Values, index: number): number {
    const at = offset + index * (TYPE_BYTES[type] ?? 0);
    if (type === SHORT) return this.short(at);
    if (type === LONG) return this.long(at);
    return type === LONG8 ? this.long8(at) : 0;
  }
}
