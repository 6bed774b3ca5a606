import { zipSync } from 'fflate';
import { freezePlan } from '../../../../scripts/convert/freeze.ts';
import { planFreeze } from '../../../../scripts/convert/plan/plan.ts';
import { nonfiniteWeights } from '../../../../scripts/import/checks/check-weights.ts';
import { kerasFacts } from '../../../../scripts/import/facts/keras-facts.ts';
import { graphToOnnx } from '../../../../scripts/import/prepare-graph.ts';
import { liteToOnnx } from '../../../../scripts/import/prepare-lite.ts';

import { FORMATS } from '../../../../scripts/read/formats/index.ts';
import { parseLabels } from '../../../../scripts/read/labels.ts';
import { openBytes, type Source } from '../../../../scripts/read/source.ts';
import { readLabelEncoder } from '../../../../scripts/read/tables/label-encoder.ts';
import { readScaler } from '../../../../scripts/read/tables/scalers.ts';
import { memorySource } from '../memory-source.ts';
import type { Files } from './mutations.ts';
import type { Seed } from './seeds.ts';

/** Elements beyond which a graph is not written: its shape is refused before that where models are imported. */
const MAX_ELEMENTS = 2 ** 24;

/** All that happens to a file before its graph is run: detected, read, planned, frozen. @returns the format that it had */
export async function run(kind: Seed['kind'], files: Files): Promise<string | undefined> {
  const [[name, bytes] = ['', new Uint8Array()]] = Object.entries(files);
  if (kind === 'labels') {
    parseLabels(bytes, name);
    return undefined;
  }
  const source =
    kind === 'folder' ? memorySource(files) : await openBytes(name, kind === 'zip' ? zipped(files) : bytes);
  try {
    if (kind === 'scaler') await readScaler(source);
    else if (kind === 'encoder') await readLabelEncoder(source);
    else return await importFrom(source);
    return undefined;
  } finally {
    await source.close();
  }
}

async function importFrom(source: Source): Promise<string | undefined> {
  for (const reader of FORMATS) {
    if (!(await reader.recognises(source))) continue;
    const imported = await reader.read(source);
    if (imported.kind === 'keras') {
      nonfiniteWeights(imported.model.weights);
      const plan = planFreeze(imported.model, imported.plan);
      kerasFacts(plan);
      const sizes = [...plan.shapes.values()].map((shape) => shape.reduce<number>((n, size) => n * (size ?? 1), 1));
      if (Math.max(...sizes) <= MAX_ELEMENTS)
        freezePlan(plan, { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
    }
    if (imported.kind === 'tensorflow') graphToOnnx(imported.graphModel);
    if (imported.kind === 'tflite')
      for (const precision of ['exact', 'float32'] as const)
        liteToOnnx(imported.lite, { precision, inputs: 'own', outputs: 'real' });
    return reader.format;
  }
  return undefined;
}

function zipped(files: Files): Uint8Array {
  return zipSync(files as Record<string, Uint8Array>, { level: 0 });
}
