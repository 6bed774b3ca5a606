import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareExpected, inputValues, readExpectation } from '../../../../scripts/import/checks/expected.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-expected-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: unknown) {
  const path = join(folder, 'expected.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readExpectation(path);
}

/** y = 2 x. */
async function doubler() {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [null, 2]);
  graph.node('Add', [x, x], ['y']);
  graph.output('y', 'float32', [null, 2]);
  return createEngine(graph.build());
}

describe('an expectation', () => {
  it('knows the two formulas', () => {
    const formula = 'x[i] = ((i*7919 + 104729) % 1009) / 1008, float32, row-major';
    expect(inputValues({ shape: [1, 2], formula })).toEqual([802 / 1008, 649 / 1008]);
    expect(inputValues({ shape: [1, 2], formula: '((i*7919+104729)%1009)/1008' })).toEqual([802 / 1008, 649 / 1008]);
    expect(inputValues({ shape: [3], formula: 'x[i] = i*7919 % 50, int32, row-major' })).toEqual([0, 19, 38]);
    expect(inputValues({ shape: [], data: [7] })).toEqual([7]);
  });

  it('is met by a graph that answers so, to 1e-5, and not by another', async () => {
    const engine = await doubler();
    const given = { input: { shape: [1, 2], data: [1, -3] }, output: { shape: [1, 2], data: [2.00001, -6] } };
    expect((await compareExpected(engine, await read(given))).maxDifference).toBeLessThan(1e-5);
    for (const data of [[2.001, -6], [2]]) {
      const other = { ...given, output: { shape: [1, 2], data } };
      const outcome = await compareExpected(engine, await read(other)).then(
        () => 'met',
        (error: { code: string }) => error.code,
      );
      expect(outcome).toBe(data.length === 2 ? 'verification-failed' : 'option-mismatch');
    }
    await engine.close();
  });

  it('of NaN and infinity is met by them', async () => {
    const engine = await doubler();
    const text = (y: string) =>
      `{"input": {"shape": [1, 2], "data": [NaN, -Infinity]}, "output": {"shape": [1, 2], "data": ${y}}}`;
    for (const y of ['[NaN, -Infinity]', '[null, -1e999]'])
      expect((await compareExpected(engine, await read(text(y)))).maxDifference).toBe(0);
    for (const y of ['[0, -Infinity]', '[NaN, Infinity]', '[NaN, 0]'])
      await expect(compareExpected(engine, await read(text(y)))).rejects.toMatchObject({ code: 'verification-failed' });
    await engine.close();
  });

  it('may name some of the outputs', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [null, 2]);
    for (const name of ['sum', 'product']) {
      graph.node(name === 'sum' ? 'Add' : 'Mul', [x, x], [name]);
      graph.output(name, 'float32', [null, 2]);
    }
    const engine = await createEngine(graph.build());
    const output = { shape: [1, 2], data: [9, 25] };
    const inputs = [{ shape: [1, 2], data: [3, 5] }];
    const given = (name?: string) => read({ inputs, outputs: [{ ...output, name }] });
    expect((await compareExpected(engine, await given('product'))).maxDifference).toBe(0);
    await expect(compareExpected(engine, await given())).rejects.toMatchObject({ code: 'option-mismatch' });
    await engine.close();
  });

  it.each([
    ['no JSON', '{'],
    ['another form', { rows: [] }],
    ['a size of nothing', { input: { shape: [0], data: [] }, output: { shape: [1], data: [1] } }],
  ])('%s is refused', async (_, content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'option-mismatch' });
  });

  it('that is not there is refused', async () => {
    await expect(readExpectation(join(folder, 'absent.json'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(readExpectation(folder)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of gigabytes is not read', async () => {
    const path = join(folder, 'large.json');
    await writeFile(path, '');
    await truncate(path, 3e9);
    await expect(readExpectation(path)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
