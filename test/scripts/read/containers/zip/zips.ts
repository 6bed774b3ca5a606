import { crc32, deflateRawSync } from 'node:zlib';

/** An entry as it is written, true or not. */
export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly content?: Uint8Array | string;
  readonly deflate?: boolean;
  /** What the headers say instead of the truth. */
  readonly says?: Partial<{ method: number; flags: number; crc: number; packed: number; unpacked: number }>;
  /** Unix mode, as Python and Info-ZIP write it. */
  readonly mode?: number;
}

/** A zip with whatever its headers are told to say: no tool writes hostile ones. */
export function rawZip(entries: readonly RawEntry[], says: { count?: number } = {}): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content ?? '');
    const data = entry.deflate ? deflateRawSync(content) : content;
    const fields = {
      method: entry.deflate ? 8 : 0,
      flags: 0x800,
      crc: crc32(content),
      packed: data.length,
      unpacked: content.length,
      ...entry.says,
    };
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(fields.flags, 2);
    common.writeUInt16LE(fields.method, 4);
    common.writeUInt32LE(fields.crc, 10);
    common.writeUInt32LE(fields.packed, 14);
    common.writeUInt32LE(fields.unpacked, 18);
    common.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from('PK\x03\x04'), common, name, data);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03'), common, tail, name);
    offset += 4 + common.length + name.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  const count = says.count ?? entries.length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...locals, central, end]));
}
