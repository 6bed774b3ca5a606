import { type FreezePlan, type PlannedNode, readersOf } from '#convert';
import type { TensorId } from '#keras';
import { type ModelFacts, pictureFacts } from './model-facts.ts';

const INTEGERS = new Set<string>(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool']);

/** @param plan with training layers still in it or not. */
export function kerasFacts(plan: FreezePlan): ModelFacts {
  const inputs = plan.inputs.map(({ name, shape, datatype }) => ({ name, shape, integers: INTEGERS.has(datatype) }));
  const outputs = plan.outputs.map((id) => ({ name: id, shape: plan.shapes.get(id) ?? [] }));
  const [input] = inputs;
  const alone = inputs.length === 1 && input && !input.integers && input.shape.length === 4;
  const [, height, width, channels] = input?.shape ?? [];
  const picture = alone ? pictureFacts(height, width, channels) : undefined;
  const own = picture && input ? ownPreprocessing(plan, input.name) : undefined;
  return {
    inputs,
    outputs,
    ...(picture ? { picture } : {}),
    activation: lastActivation(plan, plan.outputs[0] as TensorId),
    ...(own ? { own } : {}),
  };
}

/** Change the shape of an answer, or nothing, and leave its numbers as they are. */
const KEEPS_NUMBERS = new Set(['Reshape', 'Flatten', 'Dropout', 'Permute', 'InputLayer', 'Identity']);

function lastActivation(plan: FreezePlan, id: TensorId): ModelFacts['activation'] {
  const node = plan.nodes.find(({ output }) => output === id);
  if (!node) return 'none';
  const { className } = node.definition;
  const { activation } = (node.config ?? {}) as { activation?: unknown };
  if (className === 'Softmax' || activation === 'softmax') return 'softmax';
  if (activation === 'sigmoid') return 'sigmoid';
  const passes = KEEPS_NUMBERS.has(className) || (className === 'Activation' && activation === 'linear');
  return passes ? lastActivation(plan, node.inputs[0] as TensorId) : 'none';
}

/** Stand before a model's own preprocessing without changing what it takes. */
const BEFORE = new Set(['Resizing', 'CenterCrop', 'ZeroPadding2D', 'Cropping2D', 'InputLayer', 'Identity']);
/** Arithmetic on the picture itself, as `preprocess_input` called inside of a functional model writes it. */
const ARITHMETIC = /^(?:TFOpLambda|SlicingOpLambda|TrueDivide|Divide|Subtract|GetItem)$/;

function ownPreprocessing(plan: FreezePlan, input: TensorId): ModelFacts['own'] {
  const readers = readersOf(plan, input);
  for (const node of readers) {
    const { className, trainingOnly } = node.definition;
    if (BEFORE.has(className) || trainingOnly) {
      const found = ownPreprocessing(plan, node.output);
      if (found) return found;
    } else if (className === 'Rescaling' || className === 'Normalization') {
      return scalingLayer(plan, node);
    } else if (ARITHMETIC.test(className)) {
      return { takes: 'bytes', reason: `its first step, ${node.path}, is arithmetic on the picture` };
    }
  }
  return undefined;
}

function scalingLayer(plan: FreezePlan, { path, definition, config }: PlannedNode): ModelFacts['own'] {
  const layer = `its ${definition.className} layer "${path}"`;
  const { scale, mean } = config as { scale?: unknown; mean?: unknown };
  if (definition.className === 'Rescaling') {
    // 1/255 and 1/127.5 want bytes; 2 (with offset -1) wants 0..1.
    const takes = numbers(scale).every((value) => Math.abs(value) < 0.5) ? 'bytes' : 'unit';
    return { takes, reason: `${layer} takes ${takes === 'bytes' ? '0..255' : '0..1'}` };
  }
  const centre = mean === undefined || mean === null ? plan.weights.get(`${path}/mean`)?.data : numbers(mean);
  const takes = Array.from(centre ?? []).some((value) => Math.abs(value) > 1.5) ? 'bytes' : 'unit';
  return { takes, reason: `${layer} has a mean of ${takes === 'bytes' ? '0..255' : '0..1'}` };
}

function numbers(value: unknown): number[] {
  return [value].flat(8).filter((item) => typeof item === 'number');
}
