import type { EmittedLite } from '#convert';
import { type ModelFacts, pictureFacts } from './model-facts.ts';

/** What decides how a TensorFlow Lite model is taken, before its interface is written. */
export function liteFacts({ inputs, outputs }: Pick<EmittedLite, 'inputs' | 'outputs'>): ModelFacts {
  const [first] = inputs;
  const [, height, width, channels] = first?.shape ?? [];
  const picture = inputs.length === 1 && first?.shape.length === 4 ? pictureFacts(height, width, channels) : undefined;
  const bytes = first?.datatype === 'uint8' || first?.datatype === 'int8';
  return {
    inputs: inputs.map(({ name, shape, datatype }) => ({ name, shape, integers: datatype !== 'float32' })),
    outputs,
    activation: 'none',
    ...(picture ? { picture } : {}),
    ...(picture && bytes ? { own: { takes: 'bytes', reason: 'its input is eight bits wide' } as const } : {}),
  };
}
