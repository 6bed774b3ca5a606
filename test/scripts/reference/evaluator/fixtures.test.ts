import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../../../scripts/read/formats/index.ts';
import { openSource } from '../../../../scripts/read/source.ts';
import { evaluate } from '../../../../scripts/reference/evaluator/index.ts';
import { type Answer, farthest, formulaInput } from './recorded.ts';

const { FIXTURES_DIR } = process.env;
const folder = FIXTURES_DIR ? join(FIXTURES_DIR, 'layers') : undefined;
const files = folder
  ? readdirSync(folder).filter((file) => /\.(keras|h5)$/.test(file) && !file.startsWith('refuse'))
  : [];

interface Described {
  readonly shape: readonly number[];
  readonly formula: string;
}

interface Expectation {
  readonly input?: Described;
  readonly inputs?: readonly Described[];
  readonly output?: Answer;
  readonly outputs?: readonly Answer[];
}

/** Keras 2 has its own answers where it means something else by the same config. */
function expectationFor(file: string): Expectation {
  const [, base, keras] = /^(.*)\.(k[23])\.\w+$/.exec(file) as unknown as [string, string, string];
  const own = join(folder as string, `${base}.${keras}.expected.json`);
  return JSON.parse(readFileSync(existsSync(own) ? own : join(folder as string, `${base}.expected.json`), 'utf8'));
}

async function readModel(file: string) {
  const source = await openSource(join(folder as string, file));
  try {
    for (const format of FORMATS) {
      if (!(await format.recognises(source))) continue;
      const imported = await format.read(source);
      if (imported.kind === 'keras') return imported.model;
    }
    throw new Error(`${file} is of no known format`);
  } finally {
    await source.close();
  }
}

describe.skipIf(files.length === 0)('the plain evaluator answers as Keras did, in every file of it', () => {
  const cases = [...new Set(files.map((file) => file.replace(/\.k[23]\.\w+$/, '')))];
  it.each(cases)('%s', async (base) => {
    const variants = files.filter((file) => file.replace(/\.k[23]\.\w+$/, '') === base);
    expect(variants.length).toBeGreaterThan(0);
    for (const file of variants) {
      const { input, inputs = [input as Described], output, outputs = [output as Answer] } = expectationFor(file);
      const tensors = inputs.map(({ shape, formula }) =>
        formulaInput(shape, Number(/% (\d+), int32/.exec(formula)?.[1] ?? 0)),
      );
      const received = await evaluate(await readModel(file), tensors);
      expect(farthest(outputs, received), file).toBeLessThanOrEqual(1e-5);
    }
  });
});
