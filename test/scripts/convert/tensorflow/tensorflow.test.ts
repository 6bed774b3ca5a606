import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createEngine } from '@freezeframe/inference';
import { expect, it } from 'vitest';
import { verifyGraph } from '../../../../scripts/import/prepare-graph.ts';
import { openSource } from '../../../../scripts/read/source.ts';
import { formula, largestDifference } from '../../read/formats/tfjs-layers/tfjs-files.ts';
import { writtenGraph } from './written-graph.ts';

const folder = fileURLToPath(new URL('../../../fixtures/tfjs-graph/', import.meta.url));

it('answers as the TensorFlow that made the graph', async () => {
  const source = await openSource(`${folder}model.json`);
  const imported = await writtenGraph(source);
  const { input, output } = JSON.parse(await readFile(`${folder}expected.json`, 'utf8'));
  const engine = await createEngine(imported.onnx);
  try {
    const answers = await engine.run({ image: { datatype: 'FP32', shape: input.shape, data: formula(input.shape) } });
    expect(answers.probabilities?.shape).toEqual(output.shape);
    expect(largestDifference(answers.probabilities?.data as Float32Array, output.data)).toBeLessThan(1e-6);
  } finally {
    await engine.close();
    await source.close();
  }
  expect((await verifyGraph(imported)).maxDifference).toBeLessThan(1e-6);
});
