import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { prepareLite } from '../../../scripts/import/prepare-lite.ts';
import { type ModelChoices, PRECISIONS } from '../../../scripts/import/prepared.ts';
import type { ImportedLiteModel } from '../../../scripts/read/format-reader.ts';
import { readModel } from '../../../scripts/read/read-model.ts';

const models = process.env.MODELS_SAMPLE_DIR;

describe.skipIf(!models)('MobileNetEdgeTPU, as published (MODELS_SAMPLE_DIR)', () => {
  it.each(PRECISIONS)('is verified and takes pictures: %s', async (precision) => {
    const { imported } = await readModel(join(models as string, 'mobilenet_edgetpu_224_1.0_uint8.tflite'));
    const choices: ModelChoices = { pictures: {}, allowNonfinite: false, precision };
    const prepared = await prepareLite(imported as ImportedLiteModel, choices);
    expect(prepared.precision).toBe(precision === 'exact' ? 'int8' : undefined);
    expect(prepared.manifest).toMatchObject({
      task: 'classification',
      input: { kind: 'picture', height: 224, width: 224, colour: 'rgb' },
      output: { activation: 'softmax' },
    });
    // Weights stay eight bits wide: the file is 4,193,912 bytes.
    expect(prepared.onnx.length).toBeLessThan(4_300_000);
    const engine = await createEngine(prepared.onnx);
    expect(engine.outputs[0]?.shape).toEqual([null, 1001]);
    await engine.close();
  });
});
