/** `GCOL` and version 1: the only version there is. Four bytes alone turn up in any gigabyte of weights. */
const SIGNATURE = Buffer.from('GCOL\x01', 'latin1');
const HEADER_BYTES = 16;
const OBJECT_HEADER_BYTES = 16;

/**
 * Looks for what makes HDF5 read a global heap (where texts of variable length lie) without ever coming to its end: the
 * library goes from object to object by their sizes, and does not see that a size of 0, or one that wraps around, leads
 * back (H5HG__cache_deserialize in HDF5 2.0.0).
 * @param bytes a whole file with sizes of eight bytes; others Keras never writes
 * @returns what is wrong, or undefined
 */
export function heapProblem(bytes: Uint8Array): string | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = file.indexOf(SIGNATURE); at >= 0; at = file.indexOf(SIGNATURE, at + 1)) {
    if (at + HEADER_BYTES > file.length) return undefined;
    const size = file.readBigUInt64LE(at + 8);
    // The library itself refuses heaps that are longer than the file.
    if (size > BigInt(file.length - at)) continue;
    if (!endsAt(file.subarray(at, at + Number(size))))
      return `the global heap at ${at} has objects of impossible sizes`;
  }
  return undefined;
}

/** Whether going from object to object ends. */
function endsAt(heap: Buffer): boolean {
  let at = HEADER_BYTES;
  while (at + OBJECT_HEADER_BYTES <= heap.length) {
    const index = heap.readUInt16LE(at);
    const size = heap.readBigUInt64LE(at + 8);
    if (size > BigInt(heap.length)) return false;
    // The free space at the end is number 0, and its size counts the header.
    const step = index === 0 ? Number(size) : OBJECT_HEADER_BYTES + Math.ceil(Number(size) / 8) * 8;
    if (step === 0) return false;
    at += step;
  }
  return true;
}
