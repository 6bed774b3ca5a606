import type { Preprocess } from '#frozen';
import type { TensorId } from '#keras';
import { type FreezePlan, ownsWeights, type PlannedNode, readersOf } from '../plan/plan.ts';
import { asLinear, type LinearNode, scaleInputs } from './linear-weights.ts';
import { scaleOffset } from './scale-offset.ts';

/**
 * Makes `input` take plain bytes (as floats): the preprocessing goes into the first layer's weights, where that is
 * exact; elsewhere a Mul and an Add are put in front.
 */
export function foldPreprocessing(plan: FreezePlan, input: TensorId, { scale, offset }: Preprocess): FreezePlan {
  const first = foldable(plan, input, offset);
  if (first) return scaleInputs(plan, first, scale, offset);
  return insertBehind(plan, input, { axis: -1, scale: [...scale], offset: [...offset] });
}

/** Puts one more `ScaleOffset` between an input and all who read it. */
export function insertBehind(plan: FreezePlan, input: TensorId, config: Record<string, unknown>): FreezePlan {
  const output = `${input}#prepared`;
  const prepared: PlannedNode = { path: output, definition: scaleOffset, config, inputs: [input], output };
  const now = (id: TensorId) => (id === input ? output : id);
  const nodes = plan.nodes.map((node) => ({ ...node, inputs: node.inputs.map(now) }));
  const shapes = new Map(plan.shapes).set(output, plan.shapes.get(input) ?? []);
  return { ...plan, shapes, nodes: [prepared, ...nodes], outputs: plan.outputs.map(now) };
}

function foldable(plan: FreezePlan, input: TensorId, offset: readonly number[]): LinearNode | undefined {
  const readers = readersOf(plan, input);
  const first = asLinear(readers[0]);
  if (!first || readers.length > 1 || plan.outputs.includes(input) || !ownsWeights(plan, first.node)) return undefined;
  if (first.groups !== 1 || first.data_format !== 'channels_last') return undefined;
  if (offset.every((value) => value === 0)) return first;
  // Padding is zero after the offset was added: a zero byte is not. What a transposed convolution answers at the sides
  // is made of fewer cells than in the middle, so that no one bias stands for the offset.
  return first.padding === 'valid' && !first.linear.transposed ? first : undefined;
}
