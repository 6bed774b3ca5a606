import type { Shape } from '../freeze/keras-model.ts';
import { type FreezePlan, type PlannedNode, readersOf } from '../freeze/plan.ts';
import type { TensorId } from '../freeze/topology.ts';

/** What decides how a model is imported, whatever format it came in. */
export interface ModelFacts {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly integers: boolean }[];
  readonly outputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** The one input has a picture's shape; a side that is not fixed is null. */
  readonly picture?: PictureFacts;
  /** What the one output went through last. */
  readonly activation: 'softmax' | 'sigmoid' | 'none';
  /** What the model does to its input itself, where it does. */
  readonly own?: { readonly takes: 'bytes' | 'unit'; readonly reason: string };
}

export interface PictureFacts {
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: 1 | 3;
}

/** Smaller than the smallest picture that anybody classifies (8 x 8 digits): rather a table. */
const MIN_SIDE = 8;

/** Whether sides and channels are a picture's. */
export function pictureFacts(height: Side, width: Side, channels: Side): PictureFacts | undefined {
  const fits = (side: Side) => side === null || (side !== undefined && side >= MIN_SIDE);
  if ((channels !== 1 && channels !== 3) || !fits(height) || !fits(width)) return undefined;
  return { height: height ?? null, width: width ?? null, channels };
}
type Side = number | null | undefined;

/** Values for each class or number that one output answers for one sample; undefined where it is no list of numbers. */
export function outputWidth({ outputs }: ModelFacts): number | undefined {
  const [only, ...others] = outputs;
  if (!only || others.length > 0 || only.shape.length !== 2) return undefined;
  return only.shape[1] ?? undefined;
}

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

/** A shape for people: `[batch, 224, 224, 3]`. */
export function shapeWords(shape: Shape): string {
  return `[${shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : '?')).join(', ')}]`;
}
