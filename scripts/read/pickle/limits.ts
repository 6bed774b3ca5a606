/**
 * What a pickle may ask for. The largest honest ones seen: a Keras model is 30 opcodes and one long bytes object, a list
 * of weights a few thousand opcodes, an encoder of 100,000 words 300,000.
 */
export const PICKLE_LIMITS = {
  opcodes: 3_000_000,
  /** Entries that are remembered to be used again. */
  memo: 1_500_000,
  /** Marks that are open at once; each nested container opens one. */
  marks: 1_000,
  /** Containers in containers: everything that walks the tree may then recurse. */
  depth: 200,
  /** Values when everything that is shared is counted wherever it is used: "billion laughs" are small until somebody walks them. */
  values: 10_000_000,
  /** One bytes object, string or array: 2 GB, as for one tensor of any other format. */
  length: 2 ** 31,
  /** Digits or bytes of one integer: converting is quadratic, and no attribute that is read here needs more than 8 bytes. */
  integerBytes: 256,
  /** A line of the text protocol that is a number or a name; strings may be longer. */
  line: 4_096,
  /** Names that are reported when a pickle is refused. */
  refusals: 50,
  /** A compressed pickle, unpacked. */
  unpacked: 2 ** 30,
  /** Unpacked by packed, above `ratioFrom` bytes: zlib gives 1,000 on zeros, weights give less than 2. */
  ratio: 200,
  ratioFrom: 10 * 2 ** 20,
} as const;

/** Bytes of one reference to a value: what copying a list costs. */
export const SLOT = 8;

/** Bytes that a pickle of this length may become, shared parts counted wherever they are used. */
export function expandedBytes(length: number): number {
  return 64 * 2 ** 20 + 4 * length;
}
