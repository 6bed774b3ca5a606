import { z } from 'zod';
import type { Tensor } from './keras-model.ts';
import type { LinearWeights } from './layer.ts';
import type { FreezePlan, PlannedNode } from './plan.ts';

/** What folding needs to know of a layer that declares `linear`. */
const linearConfig = z.object({
  use_bias: z.boolean(),
  activation: z.string(),
  padding: z.enum(['valid', 'same']).default('valid'),
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
  return node && linear ? { ...linearConfig.parse(node.config), node, linear } : undefined;
}

/** Number of channels that go out. */
function outputsOf(kernel: Tensor, linear: LinearWeights): number {
  const [inputs = 1, outputs = 1] = kernel.shape.slice(-2);
  return linear.depthwise ? inputs * outputs : outputs;
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
  const outputs = outputsOf(kernel, linear);
  return replaced(plan, node, linear, {
    kernel: { ...kernel, data: kernel.data.map((value, i) => value * (scale[i % outputs] as number)) },
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
  const [inputs = 1, last = 1] = kernel.shape.slice(-2);
  const outputs = outputsOf(kernel, linear);
  const channel = (i: number) => Math.floor(i / last) % inputs;
  const bias = Float64Array.from(plan.weights.get(`${node.path}/bias`)?.data ?? new Float64Array(outputs));
  for (const [i, value] of kernel.data.entries()) {
    bias[i % outputs] = (bias[i % outputs] as number) + value * (offset[channel(i)] as number);
  }
  return replaced(plan, node, linear, {
    kernel: { ...kernel, data: kernel.data.map((value, i) => value * (scale[channel(i)] as number)) },
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
