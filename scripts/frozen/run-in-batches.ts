import type { Engine, TensorData } from '@freezeframe/inference';

/** Inputs by the frozen graph's names, in the graph's own terms: bytes of pictures, features in their own units. */
export type Samples = Readonly<Record<string, TensorData>>;

/** Rows in one run of the frozen graph. */
const BATCH = 256;

/** Runs the graph over any number of rows. */
export async function runInBatches(engine: Engine, samples: Samples): Promise<Record<string, TensorData>> {
  const rows = Object.values(samples)[0]?.shape[0] ?? 0;
  const collected: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
  for (let first = 0; first < rows; first += BATCH) {
    const last = Math.min(first + BATCH, rows);
    const feeds = Object.entries(samples).map(([name, tensor]) => [name, rowsOf(tensor, first, last)]);
    for (const [name, { shape, data }] of Object.entries(await engine.run(Object.fromEntries(feeds)))) {
      const size = data.length / (last - first);
      collected[name] ??= { shape: [rows, ...shape.slice(1)], data: new Float32Array(size * rows) };
      collected[name].data.set(Float32Array.from(data as Float32Array, Number), first * size);
    }
  }
  const results = Object.entries(collected).map(([name, tensor]) => [
    name,
    { datatype: 'FP32' as const, shape: [...tensor.shape], data: tensor.data },
  ]);
  return Object.fromEntries(results);
}

function rowsOf(tensor: TensorData, first: number, last: number): TensorData {
  const size = tensor.shape.slice(1).reduce((n, axis) => n * axis, 1);
  const data = tensor.data.slice(first * size, last * size) as TensorData['data'];
  return { ...tensor, shape: [last - first, ...tensor.shape.slice(1)], data };
}
