import { create } from '@bufbuild/protobuf';
import type { EngineTensor } from '@freezeframe/inference';
import { type GraphProto, type ModelProto, TensorShapeProto_DimensionSchema } from '#onnx';

/** A size, or the name of a free one: what has the same name has the same size. */
type Axis = number | string;

/** The free axis along which samples lie. */
export const BATCH = 'batch';

/** What exporters call it. */
const USUAL = /^(batch|batch[_ ]?size|batch[_ ]?dim|bs|b|n)$/i;

/** The axes of each input, by its name. */
export type Axes = ReadonlyMap<string, readonly Axis[]>;

/**
 * How the free axes of a graph's inputs hang together. Samples lie along the axis that has the usual name, else along the
 * first axis of the first input that leaves it free; the state of a recurrent model has them second.
 */
export function axesOf({ input }: GraphProto, inputs: readonly EngineTensor[]): Axes {
  const declared = new Map(input.map(({ name, type }) => [name, type?.value]));
  const named = inputs.map(({ name, shape }): readonly Axis[] => {
    const type = declared.get(name);
    const dims = type?.case === 'tensorType' ? (type.value.shape?.dim ?? []) : [];
    return shape.map((size, axis) => {
      const value = dims[axis]?.value;
      if (size !== null) return size;
      return value?.case === 'dimParam' && value.value !== '' ? `=${value.value}` : `${name}, axis ${axis}`;
    });
  });
  const free = named.flat().filter((axis) => typeof axis === 'string');
  const firsts = named.flatMap(([axis]) => (typeof axis === 'string' ? [axis] : []));
  const batch = free.find((axis) => USUAL.test(axis.slice(1))) ?? firsts[0];
  // Exporters that name each input's axes apart mean the same by all that come first.
  const same = new Set(batch === undefined ? [] : [batch]);
  for (const axes of named) {
    const [axis] = axes;
    if (typeof axis === 'string' && !axes.includes(batch as Axis)) same.add(axis);
  }
  return new Map(
    inputs.map(({ name }, i) => [name, (named[i] ?? []).map((axis) => (same.has(axis as string) ? BATCH : axis))]),
  );
}

/** Names of the free axes but for that of samples. */
export function freeAxes(axes: Axes): string[] {
  const names = [...axes.values()].flat().filter((axis) => typeof axis === 'string' && axis !== BATCH);
  return [...new Set(names as string[])];
}

/** Whether any number of samples may be sent at once, by what the graph says. */
export function hasBatch(axes: Axes): boolean {
  return [...axes.values()].some((list) => list.includes(BATCH));
}

/** Declares free axes fixed, in place. */
export function fixAxes({ graph }: ModelProto, axes: Axes, sizes: ReadonlyMap<string, number>): void {
  for (const { name, type } of graph?.input ?? []) {
    if (type?.value.case !== 'tensorType') continue;
    const dims = type.value.value.shape?.dim ?? [];
    for (const [i, axis] of (axes.get(name) ?? []).entries()) {
      const size = typeof axis === 'string' ? sizes.get(axis) : undefined;
      if (size === undefined || !dims[i]) continue;
      dims[i] = create(TensorShapeProto_DimensionSchema, { value: { case: 'dimValue', value: BigInt(size) } });
    }
  }
}
