import type { EmittedLite } from '#convert';
import type { LiteModel } from '#tensorflow';
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

/** Operators that leave an answer's numbers what they are, but for their rounding. */
const KEEPS_NUMBERS = new Set(['QUANTIZE', 'DEQUANTIZE', 'RESHAPE', 'SQUEEZE', 'EXPAND_DIMS', 'TRANSPOSE']);

/** What the first output went through last. */
export function liteActivation({ operators, outputs }: LiteModel): ModelFacts['activation'] {
  const makers = new Map(
    operators.flatMap((operator) => operator.outputs.map((tensor) => [tensor, operator] as const)),
  );
  // Each tensor is made before it is read, so that this ends.
  for (let tensor = outputs[0]?.tensor; ; ) {
    const maker = makers.get(tensor ?? -1);
    if (maker?.name === 'SOFTMAX') return 'softmax';
    if (maker?.name === 'LOGISTIC') return 'sigmoid';
    if (!maker || !KEEPS_NUMBERS.has(maker.name)) return 'none';
    tensor = maker.inputs[0];
  }
}
