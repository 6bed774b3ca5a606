import { z } from 'zod';
import type { Shape } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import type { ActivationDefinition } from './activation.ts';
import { ACTIVATIONS } from './activations.ts';
import { KERAS3_ACTIVATIONS } from './keras3.ts';
import { nameWithOptions, withOptions } from './with-options.ts';

export type { ActivationDefinition } from './activation.ts';
export { ACTIVATIONS, SELU } from './activations.ts';
export { KERAS3_ACTIVATIONS } from './keras3.ts';

const BY_NAME = new Map<string, ActivationDefinition>(
  [...ACTIVATIONS, ...KERAS3_ACTIVATIONS].flatMap((definition) =>
    definition.names.map((name) => [name, definition] as const),
  ),
);

/** The activation of this name (Keras's spelling), or `undefined`. */
export function findActivation(name: string): ActivationDefinition | undefined {
  return BY_NAME.get(name) ?? withOptions(name);
}

/** Writes the activation named by a config read with `activation`. */
export function activate(graph: GraphBuilder, x: Value, name: string): Value {
  return (findActivation(name) as ActivationDefinition).emit(graph, x);
}

/** The shape after an activation: a gate is made of one half of the features, every other keeps it. */
export function activatedShape(shape: Shape, name: string): Shape {
  if (name !== 'glu') return shape;
  const last = shape.at(-1);
  return [...shape.slice(0, -1), typeof last === 'number' ? last / 2 : null];
}

/** `null`, a name, or Keras 3's object around a name: always a known name afterwards. */
export const activation = z
  .unknown()
  .optional()
  .transform((value) => {
    const name = activationName(value);
    return findActivation(name)?.names[0] ?? name;
  })
  .refine((name) => findActivation(name) !== undefined, {
    error: (issue) => `unknown activation ${JSON.stringify(issue.input)}; known are ${[...BY_NAME.keys()].join(', ')}`,
  });

function activationName(value: unknown): string {
  if (value === null || value === undefined) return 'linear';
  if (typeof value === 'string') return value;
  const { class_name, config } = value as { class_name?: unknown; config?: unknown };
  // Keras 3: { class_name: 'function', config: 'relu' }; both: an Activation layer around a name.
  if (typeof config === 'string') return config;
  if (config && typeof config === 'object' && 'activation' in config) return activationName(config.activation);
  const plain = class_name === 'ReLU' && config && typeof config === 'object' && isPlainRelu(config);
  return plain ? 'relu' : (nameWithOptions(class_name, config) ?? String(class_name));
}

function isPlainRelu(config: object): boolean {
  const { max_value = null, negative_slope = 0, threshold = 0 } = config as Record<string, unknown>;
  return max_value === null && !negative_slope && !threshold;
}
