import { z } from 'zod';
import type { GraphBuilder, Value } from '../graph.ts';
import { memoryAxis, renamed } from '../layout.ts';
import type { ActivationDefinition } from './activation.ts';
import { ACTIVATIONS } from './activations.ts';

export type { ActivationDefinition } from './activation.ts';
export { ACTIVATIONS } from './activations.ts';

const BY_NAME = new Map<string, ActivationDefinition>(
  ACTIVATIONS.flatMap((definition) => definition.names.map((name) => [name, definition] as const)),
);

/** The activation of this name (Keras's spelling), or `undefined`. */
export function findActivation(name: string): ActivationDefinition | undefined {
  return BY_NAME.get(name);
}

/** Writes the activation named by a config read with `activation`. */
export function activate(graph: GraphBuilder, x: Value, name: string): Value {
  return (BY_NAME.get(name) as ActivationDefinition).emit(graph, x);
}

/** Gradient of what went into the activation. `input` has the output's shape and memory order. */
export function activationGradient(
  graph: GraphBuilder,
  name: string,
  pass: { readonly input: string; readonly output: Value },
  gradient: Value,
): Value {
  const { output } = pass;
  const definition = BY_NAME.get(name) as ActivationDefinition;
  const names = { input: pass.input, output: output.name, lastAxis: memoryAxis(output, -1) };
  return renamed(gradient, definition.gradient(graph, names, gradient.name));
}

/** `null`, a name, or Keras 3's object around a name: always a known name afterwards. */
export const activation = z
  .unknown()
  .optional()
  .transform((value) => {
    const name = activationName(value);
    return BY_NAME.get(name)?.names[0] ?? name;
  })
  .refine((name) => BY_NAME.has(name), {
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
  return plain ? 'relu' : String(class_name);
}

function isPlainRelu(config: object): boolean {
  const { max_value = null, negative_slope = 0, threshold = 0 } = config as Record<string, unknown>;
  return max_value === null && !negative_slope && !threshold;
}
