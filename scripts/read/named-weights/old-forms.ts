import type { Tensor, WeightSpec } from '#keras';
import type { Found } from './assign.ts';
import type { WeightFile } from './weight-file.ts';

/** Gates in the order of Keras 1 (`keras/layers/recurrent.py` of 1.2): which of its triples stands in today's place. */
const KERAS1_GATES: Readonly<Record<number, readonly number[]>> = {
  // LSTM: input, candidate, forget, output -> input, forget, candidate, output.
  12: [0, 2, 1, 3],
  // GRU: update, reset, candidate.
  9: [0, 1, 2],
};

/**
 * Weights that older layers of the same name kept otherwise, as `preprocess_weights_for_loading` of Keras 2 turns them
 * (https://github.com/keras-team/tf-keras/blob/v2.15.0/tf_keras/saving/legacy/hdf5_format.py): recurrent layers of cuDNN, and
 * Keras 1's gates and convolutions over time.
 * @param found what stands in the place of each wanted weight
 * @param all weights of the same outermost layer, in the file's order
 * @returns by the number of the wanted weight, only those that had to be turned; and whether all weights went into them
 */
export function fromOldForms(
  wanted: readonly WeightSpec[],
  found: readonly (Found | undefined)[],
  all: readonly Found[],
  file: Pick<WeightFile, 'read'>,
): { readonly tensors: ReadonlyMap<number, Tensor>; readonly all: boolean } {
  const turned = new Map<number, Tensor>();
  const order = wanted.length === 3 ? KERAS1_GATES[all.length] : undefined;
  if (order && wanted[1]?.name.endsWith('recurrent_kernel')) {
    const fits = all.every(({ shape = [] }, i) => shape.length === (i % 3 === 2 ? 1 : 2));
    if (fits) for (const part of [0, 1, 2]) turned.set(part, joined(order.map((gate) => read(all[3 * gate + part]))));
    return { tensors: turned, all: fits };
  }
  wanted.forEach((spec, i) => {
    const shape = found[i]?.shape ?? [];
    const [length, one, ...features] = shape;
    const isFlat = spec.shape.length === 3 && shape.length === 4 && one === 1;
    if (isFlat && String([length, ...features]) === String(spec.shape)) {
      turned.set(i, { ...read(found[i]), shape: spec.shape });
    }
    if (spec.name.endsWith('bias') && isCudnn(wanted, found, i)) {
      const gates = spec.shape.length === 2 ? 3 : 4;
      turned.set(i - 2, gateByGate(read(found[i - 2]), gates, fromColumns));
      turned.set(i - 1, gateByGate(read(found[i - 1]), gates, fromColumns));
      const bias = read(found[i]);
      turned.set(i, gates === 3 ? { ...bias, shape: spec.shape } : halvesAdded(bias));
    }
  });
  return { tensors: turned, all: false };

  function read(weight: Found | undefined): Tensor {
    return file.read((weight as Found).path);
  }
}

/** One bias for what comes in and one for the state, one behind the other, where the layer has one or two rows. */
function isCudnn(wanted: readonly WeightSpec[], found: readonly (Found | undefined)[], i: number): boolean {
  const [kernel, recurrent, bias] = [i - 2, i - 1, i].map((at) => wanted[at]);
  if (!kernel?.name.endsWith('kernel') || !recurrent?.name.endsWith('recurrent_kernel') || !bias) return false;
  const units = recurrent.shape[0] as number;
  const biasFits = String(found[i]?.shape) === String([bias.shape.length === 2 ? 6 * units : 8 * units]);
  return biasFits && [i - 2, i - 1].every((at) => String(found[at]?.shape) === String(wanted[at]?.shape));
}

/** Matrices side by side. */
function joined(parts: readonly Tensor[]): Tensor {
  const rows = parts[0]?.shape.length === 2 ? (parts[0].shape[0] as number) : 1;
  const widths = parts.map(({ shape }) => shape.at(-1) as number);
  const width = widths.reduce((sum, own) => sum + own, 0);
  const data = new Float32Array(rows * width);
  let column = 0;
  for (const [p, part] of parts.entries()) {
    const own = widths[p] as number;
    for (let row = 0; row < rows; row++) data.set(part.data.subarray(row * own, (row + 1) * own), row * width + column);
    column += own;
  }
  return { shape: [...(parts[0]?.shape.slice(0, -1) ?? []), width], data };
}

function gateByGate({ shape, data }: Tensor, gates: number, turn: (gate: Tensor) => Tensor): Tensor {
  const [rows, width] = shape as [number, number];
  const own = width / gates;
  const parts = Array.from({ length: gates }, (_, gate) => {
    const part = new Float32Array(rows * own);
    for (let row = 0; row < rows; row++) {
      part.set(data.subarray(row * width + gate * own, row * width + (gate + 1) * own), row * own);
    }
    return turn({ shape: [rows, own], data: part });
  });
  return joined(parts);
}

/** The numbers of one gate as cuDNN reads them: column after column. */
function fromColumns({ shape, data }: Tensor): Tensor {
  const [rows, columns] = shape as [number, number];
  const turned = data.map((_, i) => data[(i % columns) * rows + Math.floor(i / columns)] as number);
  return { shape, data: turned };
}

function halvesAdded({ data }: Tensor): Tensor {
  const half = data.length / 2;
  return { shape: [half], data: data.slice(0, half).map((value, i) => value + (data[half + i] as number)) };
}
