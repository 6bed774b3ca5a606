import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ImportError } from '../../../../scripts/guards/import-error.ts';
import { findPayload } from '../../../../scripts/read/formats/pickle/payload.ts';
import { decompress } from '../../../../scripts/read/pickle/compression.ts';
import { OPCODES } from '../../../../scripts/read/pickle/machine/opcodes.ts';
import { unpickle } from '../../../../scripts/read/pickle/unpickle.ts';
import { openBytes } from '../../../../scripts/read/source.ts';
import { readLabelEncoder } from '../../../../scripts/read/tables/label-encoder.ts';
import { readScaler } from '../../../../scripts/read/tables/scalers.ts';
import { fuzzRuns } from '../fuzz/runs.ts';
import { assemble, FOLDER, fixture } from './assemble.ts';

const RUNS = fuzzRuns(2_000, 6_000);

const SEEDS = readdirSync(FOLDER)
  .filter((name) => /\.(pkl|sav|joblib)$/.test(name))
  .map(fixture);

const KNOWN = OPCODES.flatMap((step, opcode) => (step ? [opcode] : []));

/** A real file with some bytes changed, cut out, doubled or taken from another. */
const mutated = fc
  .record({
    seed: fc.constantFrom(...SEEDS),
    other: fc.constantFrom(...SEEDS),
    edits: fc.array(
      fc.record({
        kind: fc.constantFrom('flip', 'opcode', 'cut', 'double', 'splice', 'end'),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(64),
        byte: fc.nat(255),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ seed, other, edits }) => {
    let bytes = seed;
    for (const { kind, at, length, byte } of edits) {
      const from = Math.floor(at * bytes.length);
      const [before, after] = [bytes.subarray(0, from), bytes.subarray(from)];
      if (kind === 'flip') bytes = assemble(before, byte, after.subarray(1));
      if (kind === 'opcode') bytes = assemble(before, KNOWN[byte % KNOWN.length] as number, after.subarray(1));
      if (kind === 'cut') bytes = assemble(before, after.subarray(length));
      if (kind === 'double') bytes = assemble(before, after.subarray(0, length), after);
      if (kind === 'splice') bytes = assemble(before, other.subarray(Math.floor(at * other.length)));
      if (kind === 'end') bytes = before;
    }
    return bytes;
  });

/** Nothing but opcodes: reaches what mutations of real files do not. */
const opcodes = fc
  .array(fc.oneof(fc.constantFrom(...KNOWN), fc.nat(3)), { maxLength: 200 })
  .map((list) => assemble(list, 0x2e));

function escapes(bytes: Uint8Array): unknown {
  try {
    findPayload(unpickle(decompress(bytes)));
  } catch (error) {
    if (!(error instanceof ImportError)) return error;
  }
  return undefined;
}

async function readers(bytes: Uint8Array): Promise<void> {
  for (const read of [readScaler, readLabelEncoder]) {
    try {
      await read(await openBytes('fuzzed.pkl', bytes));
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
    }
  }
}

it(`lets nothing but ImportErrors escape from ${RUNS} changed files`, { timeout: 60_000 + RUNS * 20 }, () => {
  fc.assert(
    fc.property(mutated, (bytes) => {
      expect(escapes(bytes)).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
});

it(`nor from ${RUNS} files of opcodes alone`, { timeout: 60_000 + RUNS * 20 }, () => {
  fc.assert(
    fc.property(opcodes, (bytes) => {
      expect(escapes(bytes)).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
});

it('nor from the readers of scalers and encoders', { timeout: 60_000 + RUNS * 20 }, async () => {
  await fc.assert(fc.asyncProperty(mutated, readers), { numRuns: Math.ceil(RUNS / 3) });
});
