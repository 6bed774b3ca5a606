import type { BatchNormalizationConfig } from '../keras/layers/batch-normalization.ts';
import { bypass, type FreezePlan, ownsWeights, type PlannedNode, readersOf } from '../plan/plan.ts';
import { asLinear, type LinearNode, scaleOutputs } from './linear-weights.ts';
import { scaleOffset } from './scale-offset.ts';

/**
 * Takes every batch normalisation out. Behind a convolution or a dense layer it becomes part of that layer's weights, if
 * nothing else reads the layer's output, nothing else uses its weights and it has no activation of its own; elsewhere
 * one Mul and one Add are left.
 */
export function foldBatchNormalization(plan: FreezePlan): FreezePlan {
  let folded = plan;
  for (const { output } of plan.nodes.filter((node) => node.definition.className === 'BatchNormalization')) {
    const node = folded.nodes.find((candidate) => candidate.output === output) as PlannedNode;
    const { scale, offset } = coefficients(folded, node);
    const before = foldable(folded, node);
    if (before) {
      folded = bypass(scaleOutputs(folded, before, scale, offset), (other) => other.output === output);
      continue;
    }
    const config = { axis: (node.config as BatchNormalizationConfig).axis, scale, offset };
    const left: PlannedNode = { ...node, definition: scaleOffset, config };
    folded = { ...folded, nodes: folded.nodes.map((other) => (other === node ? left : other)) };
  }
  return folded;
}

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta as x * scale + offset, in float64. */
function coefficients(plan: FreezePlan, node: PlannedNode): { scale: number[]; offset: number[] } {
  const { epsilon, scale: scaled, center } = node.config as BatchNormalizationConfig;
  const weight = (name: string) => plan.weights.get(`${node.path}/${name}`)?.data;
  const gamma = scaled ? weight('gamma') : undefined;
  const beta = center ? weight('beta') : undefined;
  const mean = weight('moving_mean');
  const variance = weight('moving_variance') ?? new Float32Array();
  const scale = Array.from(variance, (value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + epsilon));
  return { scale, offset: scale.map((value, i) => (beta?.[i] ?? 0) - (mean?.[i] ?? 0) * value) };
}

/** The linear layer before a normalisation that can take it up. */
function foldable(plan: FreezePlan, node: PlannedNode): LinearNode | undefined {
  const [input] = node.inputs;
  const before = asLinear(plan.nodes.find((candidate) => candidate.output === input));
  if (!before || !input || before.activation.name !== 'linear' || !ownsWeights(plan, before.node)) return undefined;
  if (plan.outputs.includes(input) || readersOf(plan, input).length > 1) return undefined;
  const rank = plan.shapes.get(input)?.length ?? 0;
  const { axis } = node.config as BatchNormalizationConfig;
  const channels = before.data_format === 'channels_last' ? rank - 1 : 1;
  return (axis + rank) % rank === channels ? before : undefined;
}
