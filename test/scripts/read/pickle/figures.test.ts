import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { freezeModel } from '../../../../scripts/convert/freeze.ts';
import { loadDataset } from '../../../../scripts/datasets/load-dataset.ts';
import { runInBatches } from '../../../../scripts/frozen/run-in-batches.ts';
import type { KerasModel } from '../../../../scripts/keras/model.ts';
import { pickleReader } from '../../../../scripts/read/formats/pickle/reader.ts';
import { readModel } from '../../../../scripts/read/read-model.ts';
import { openSource } from '../../../../scripts/read/source.ts';
import { readScaler, scaledOf } from '../../../../scripts/read/tables/scalers.ts';

const { FIXTURES_DIR, MNIST_DIR } = process.env;
const folder = FIXTURES_DIR ? join(FIXTURES_DIR, 'keras') : undefined;
const there = folder !== undefined && existsSync(folder);

async function scaler(name: string) {
  const source = await openSource(join(folder as string, name));
  return readScaler(source);
}

async function keras(path: string): Promise<KerasModel> {
  const { imported } = await readModel(join(folder as string, path));
  if (imported.kind !== 'keras') throw new Error('not a Keras model');
  return imported.model;
}

describe.skipIf(!there)('published pickles', () => {
  it.each(['trained_model.h5', 'trained_model.keras'])(
    'answer house prices in dollars, to the cent: %s',
    async (name) => {
      const expected = JSON.parse(readFileSync(join(folder as string, 'trained_model.expected.json'), 'utf8'));
      const features = (await scaler('features.scaler.pkl')).columns.map((column, i) =>
        scaledOf(column, expected.features[i]),
      );
      const values = (await scaler('target.scaler.pkl')).columns.map((column) => scaledOf(column, 'price', 'USD'));
      const { onnx } = freezeModel(await keras(name), {
        input: { kind: 'features', features },
        output: { kind: 'regression', values },
      });
      const engine = await createEngine(onnx);
      const data = new Float32Array(expected.rows.flat());
      const { value } = await engine.run({
        features: { datatype: 'FP32', shape: [expected.rows.length, features.length], data },
      });
      await engine.close();
      const differences = expected.dollars.map((dollars: number, i: number) =>
        Math.abs(Number(value?.data[i]) - dollars),
      );
      expect(Math.max(...differences)).toBeLessThan(0.01);
    },
  );

  it.skipIf(!MNIST_DIR)(
    'finalized_model.sav errs on 0.99 % of the MNIST test pictures',
    { timeout: 120_000 },
    async () => {
      const imported = await pickleReader.read(await openSource(join(folder as string, 'finalized_model.sav')));
      if (imported.kind !== 'keras') throw new Error('not a Keras model');
      const dataset = await loadDataset('mnist', {});
      if (dataset.kind !== 'pictures') throw new Error('not pictures');
      const {
        kind: _,
        preprocess,
        ...picture
      } = { kind: 0, ...dataset.input, preprocess: { scale: [1 / 255], offset: [0] } };
      const { onnx } = freezeModel(imported.model, {
        input: { kind: 'picture', ...picture, preprocess },
        output: { kind: 'classification', labels: dataset.labels },
      });
      const { pixels, classes, count } = dataset.splits.test;
      const engine = await createEngine(onnx);
      const shape = [count, picture.height, picture.width, picture.channels];
      const { probabilities } = await runInBatches(engine, { picture: { datatype: 'UINT8', shape, data: pixels } });
      await engine.close();
      const answers = probabilities?.data as Float32Array;
      const wrong = classes.filter((label, row) => {
        const own = answers.subarray(row * 10, row * 10 + 10);
        return own.indexOf(Math.max(...own)) !== label;
      }).length;
      expect(count).toBe(10_000);
      expect((100 * wrong) / count).toBeCloseTo(0.99, 2);
    },
  );
});
