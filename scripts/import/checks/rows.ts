import { DATATYPE_INFO, type Engine, type TensorData } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import type { Wanted } from '#reference';

/** Of the larger batch. */
export const ROWS = 3;
/** Batches that every import is run with: one sample, and several that must not mix. */
export const BATCHES = [1, ROWS] as const;

type Tensors = Record<string, TensorData>;

/** Some rows of a tensor. */
export function rowsOf({ datatype, shape, data }: TensorData, first: number, count = 1): TensorData {
  // A single number belongs to every row.
  if (shape.length === 0) return { datatype, shape, data };
  const size = data.length / (shape[0] as number);
  const rows = data.slice(first * size, (first + count) * size) as typeof data;
  return { datatype, shape: [count, ...shape.slice(1)], data: rows };
}

/** Tensors of one size, one below the other. */
export function joinRows(parts: readonly TensorData[]): TensorData {
  const [{ datatype, shape, data }] = parts as [TensorData];
  const all = new DATATYPE_INFO[datatype].array(data.length * parts.length);
  for (const [i, part] of parts.entries()) all.set(part.data as never, i * data.length);
  return { datatype, shape: [(shape[0] ?? 1) * parts.length, ...shape.slice(1)], data: all };
}

export function mapTensors(samples: Samples, change: (tensor: TensorData) => TensorData): Tensors {
  return Object.fromEntries(Object.entries(samples).map(([name, tensor]) => [name, change(tensor)]));
}

/** What the graph answers to each row alone. */
export async function runRowByRow(engine: Engine, samples: Samples, rows: number): Promise<Tensors> {
  const answers: Tensors[] = [];
  for (let row = 0; row < rows; row++) answers.push(await engine.run(mapTensors(samples, (all) => rowsOf(all, row))));
  const names = Object.keys(answers[0] as Tensors);
  return Object.fromEntries(names.map((name) => [name, joinRows(answers.map((one) => one[name] as TensorData))]));
}

/** As a reference's answers are. */
export function asReference({ shape, data }: TensorData): Wanted {
  return { shape: [...shape], data: Float64Array.from(data as Float32Array, Number) };
}
