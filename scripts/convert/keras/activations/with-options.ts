import { z } from 'zod';
import { memoryAxis, renamed } from '#onnx';
import { rectified } from '../layers/relu.ts';
import { number } from '../options.ts';
import type { ActivationDefinition } from './activation.ts';

const optional = (fallback: number) => number.nullish().transform((value) => value ?? fallback);

type Emit = ActivationDefinition['emit'];

const relu = z.object({
  max_value: number.nullish().transform((value) => value ?? null),
  negative_slope: optional(0),
  threshold: optional(0),
});
const leaky = z.object({ negative_slope: number.nullish(), alpha: number.nullish() });
const elu = z.object({ alpha: optional(1) });
const thresholded = z.object({ theta: optional(1) });
const softmax = z.object({ axis: z.union([z.number().int(), z.array(z.number().int()).length(1)]).default(-1) });

/** Layers that are given as an activation, `Dense(5, activation=LeakyReLU(0.2))`, by their class. */
const LAYERS: Record<string, (config: unknown) => Emit> = {
  ReLU: (config) => {
    const options = relu.parse(config);
    return (graph, x) => rectified(graph, x, options);
  },
  LeakyReLU: (config) => {
    const { negative_slope, alpha } = leaky.parse(config);
    const slope = { alpha: { float: negative_slope ?? alpha ?? 0.3 } };
    return (graph, x) => renamed(x, graph.op('LeakyRelu', [x.name], slope));
  },
  ELU: (config) => {
    const { alpha } = elu.parse(config);
    return (graph, x) => renamed(x, graph.op('Elu', [x.name], { alpha: { float: alpha } }));
  },
  ThresholdedReLU: (config) => {
    const { theta } = thresholded.parse(config);
    return (graph, x) => renamed(x, graph.op('ThresholdedRelu', [x.name], { alpha: { float: theta } }));
  },
  Softmax: (config) => {
    const axis = [softmax.parse(config).axis].flat()[0] as number;
    return (graph, x) => renamed(x, graph.op('Softmax', [x.name], { axis: memoryAxis(x, axis) }));
  },
};

/** Where the name of a layer ends and its options begin. */
const BREAK = ' ';

/** The name under which a layer with its options stands where the name of an activation would: `ReLU {"max_value":6}`. */
export function nameWithOptions(className: unknown, config: unknown): string | undefined {
  if (typeof className !== 'string' || !Object.hasOwn(LAYERS, className)) return undefined;
  const { name: _, trainable: __, dtype: ___, ...options } = (config ?? {}) as Record<string, unknown>;
  return `${className}${BREAK}${JSON.stringify(options)}`;
}

/** What `nameWithOptions` named; `undefined` for any other name and for options that cannot be read. */
export function withOptions(name: string): ActivationDefinition | undefined {
  const at = name.indexOf(BREAK);
  const make = at > 0 && Object.hasOwn(LAYERS, name.slice(0, at)) ? LAYERS[name.slice(0, at)] : undefined;
  if (!make) return undefined;
  try {
    return { names: [name], emit: make(JSON.parse(name.slice(at + 1))) };
  } catch {
    return undefined;
  }
}
