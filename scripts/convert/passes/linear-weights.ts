import * as z from 'zod';
import type { Tensor } from '#keras';
import type { LinearWeights } from '../keras/layer.ts';
import type { FreezePlan, PlannedNode } from '../plan/plan.ts';

/** What folding needs to know of a layer that declares `linear`. */
const linearConfig = z.object({
  use_bias: z.boolean(),
  activation: z.object({ name: z.string() }),
  padding: z.enum(['valid', 'same', 'causal']).default('valid'),
  groups: z.number().default(1),
  data_format: z.enum(['channels_last', 'channels_first']).default('channels_last'),
});

export interface LinearNode extends z.output<typeof linearConfig> {
  readonly node: PlannedNode;
  readonly linear: LinearWeights;
}

/** The node as a linear layer, or `undefined` where it is none. */
export function asLinear(node: PlannedNode | undefined): LinearNode | undefined {
  const linear = node?.definition.linear;
  // What comes in is rounded first, so that nothing before it can become part of the weights.
  const { quantized } = (node?.config ?? {}) as { quantized?: unknown };
  return node && linear && quantized === undefined ? { ...linearConfig.parse(node.config), node, linear } : undefined;
}

/** Which channel goes out and which comes in at one place of the kernel, and how many go out. */
function channelsOf(kernel: Tensor, linear: LinearWeights) {
  const [first = 1, last = 1] = kernel.shape.slice(-2);
  if (linear.transposed) {
    return { outputs: first, output: (i: number) => Math.floor(i / last) % first, input: (i: number) => i % last };
  }
  const outputs = linear.depthwise ? first * last : last;
  return { outputs, output: (i: number) => i % outputs, input: (i: number) => Math.floor(i / last) % first };
}

/** kernel, bias -> kernel * scale, bias * scale + offset; one number per channel that goes out. Worked out in float64. */
export function scaleOutputs(
  plan: FreezePlan,
  { node, linear }: LinearNode,
  scale: readonly number[],
  offset: readonly number[],
): FreezePlan {
  const kernel = plan.weights.get(`${node.path}/${linear.kernel}`) as Tensor;
  const bias = plan.weights.get(`${node.path}/bias`)?.data;
  const { output } = channelsOf(kernel, linear);
  return replaced(plan, node, linear, {
    kernel: { ...kernel, data: kernel.data.map((value, i) => value * (scale[output(i)] as number)) },
    bias: Float32Array.from(offset, (value, i) => (bias?.[i] ?? 0) * (scale[i] as number) + value),
  });
}

/** The same answers for x as before for x * scale + offset; one number per channel that comes in. */
export function scaleInputs(
  plan: FreezePlan,
  { node, linear }: LinearNode,
  scale: readonly number[],
  offset: readonly number[],
): FreezePlan {
  const kernel = plan.weights.get(`${node.path}/${linear.kernel}`) as Tensor;
  const { outputs, output, input } = channelsOf(kernel, linear);
  const bias = Float64Array.from(plan.weights.get(`${node.path}/bias`)?.data ?? new Float64Array(outputs));
  for (const [i, value] of kernel.data.entries()) {
    bias[output(i)] = (bias[output(i)] as number) + value * (offset[input(i)] as number);
  }
  return replaced(plan, node, linear, {
    kernel: { ...kernel, data: kernel.data.map((value, i) => value * (scale[input(i)] as number)) },
    bias: Float32Array.from(bias),
  });
}

function replaced(
  plan: FreezePlan,
  node: PlannedNode,
  linear: LinearWeights,
  { kernel, bias }: { kernel: Tensor; bias: Float32Array },
): FreezePlan {
  const weights = new Map(plan.weights);
  weights.set(`${node.path}/${linear.kernel}`, kernel);
  const keepsBias = (node.config as { use_bias: boolean }).use_bias || bias.some((value) => value !== 0);
  if (keepsBias) weights.set(`${node.path}/bias`, { shape: [bias.length], data: bias });
  const config = { ...(node.config as object), use_bias: keepsBias };
  return { ...plan, weights, nodes: plan.nodes.map((other) => (other === node ? { ...node, config } : other)) };
}
