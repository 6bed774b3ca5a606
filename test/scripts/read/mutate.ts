import fc from 'fast-check';
import { ImportError } from '../../../scripts/guards/import-error.ts';
import { fuzzRuns } from './fuzz/runs.ts';

/** Mutations of each fuzz test. */
export const FUZZ_RUNS = fuzzRuns(100, 150);

/** Milliseconds that a test may take for so many runs. */
export const FUZZ_TIMEOUT = 60_000 + FUZZ_RUNS * 200;

type Change =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'set'; readonly at: number; readonly value: number; readonly bytes: number }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'end'; readonly at: number }
  | { readonly kind: 'splice'; readonly at: number; readonly from: number; readonly length: number };

// Without bias: most of what is biased falls on the first bytes, and a file without its magic is soon refused.
const position = fc.noBias(fc.integer({ min: 0, max: 2 ** 30 - 1 })).map((at) => at / 2 ** 30);

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: position, bit: fc.nat(7) }) },
  // Sizes, counts and addresses: the numbers that readers trust.
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      at: position,
      value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
      bytes: fc.constantFrom(1, 2, 4, 8),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cut' as const), at: position, length: fc.nat(64) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), at: position }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('splice' as const), at: position, from: position, length: fc.nat(256) }),
  },
);

/** A real file with one to four things wrong. */
export function damaged(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([file, changes]) => changes.reduce(apply, file));
}

function apply(file: Uint8Array, step: Change): Uint8Array {
  const at = Math.floor(step.at * file.length);
  const bytes = Uint8Array.from(file);
  switch (step.kind) {
    case 'flip':
      if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << step.bit);
      return bytes;
    case 'set':
      return bytes.fill(step.value, at, at + step.bytes);
    case 'cut':
      return joined(bytes.subarray(0, at), bytes.subarray(at + step.length));
    case 'end':
      return bytes.slice(0, at);
    case 'splice': {
      const from = Math.floor(step.from * file.length);
      return joined(bytes.subarray(0, at), file.subarray(from, from + step.length), bytes.subarray(at));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Runs, and answers whether it ended well; any error but `ImportError` escapes. */
export async function endsWell(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (error instanceof ImportError) return false;
    throw error;
  }
}
