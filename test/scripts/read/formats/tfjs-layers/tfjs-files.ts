import { core, type layers } from '../../../../tensorflow-js/tensorflow.ts';

export interface WeightSpecJson {
  name: string;
  shape: readonly number[];
  dtype: string;
  quantization?: { dtype: string; scale?: number; min?: number };
}

/** The files that `model.save()` writes, as an object. */
export async function savedFiles(model: layers.LayersModel): Promise<Record<string, Uint8Array | string>> {
  const files: Record<string, Uint8Array | string> = {};
  await model.save(
    core.io.withSaveHandler(async (artifacts) => {
      const { modelTopology, weightSpecs, weightData } = artifacts;
      const weights = new Uint8Array(core.io.CompositeArrayBuffer.join(weightData ?? new ArrayBuffer(0)));
      files['weights.bin'] = weights;
      files['model.json'] = modelJson(modelTopology, weightSpecs as unknown as WeightSpecJson[]);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } };
    }),
  );
  return files;
}

export function modelJson(modelTopology: unknown, weights: readonly WeightSpecJson[], paths = ['weights.bin']): string {
  return JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: [{ paths, weights }] });
}

/** Numbers of the fixtures' formula. */
export function formula(shape: readonly number[]): Float32Array {
  const count = shape.reduce((n, axis) => n * axis, 1);
  return Float32Array.from({ length: count }, (_, i) => ((i * 7919 + 104729) % 1009) / 1008);
}

/** The largest |a - b| / max(1, |b|). */
export function largestDifference(received: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (received.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return Array.from(wanted).reduce<number>((most, b, i) => {
    const difference = Math.abs((received[i] as number) - b) / Math.max(1, Math.abs(b));
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
}
