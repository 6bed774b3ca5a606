import { type FreezePlan, lastActivation, readersOf } from '#convert';
import type { TensorId } from '#keras';
import { kerasApplication } from './keras-application.ts';
import { type ModelFacts, pictureFacts } from './model-facts.ts';

const INTEGERS = new Set<string>(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool']);

/** Whole numbers that a picture's bytes may be. */
const HOLD_BYTES = new Set(['uint8', 'int32', 'int64']);

function takenAsBytes(datatype: string): ModelFacts['own'] {
  return HOLD_BYTES.has(datatype) ? { takes: 'bytes', reason: `its input is ${datatype}` } : undefined;
}

/** @param plan with training layers still in it or not. */
export function kerasFacts(plan: FreezePlan): ModelFacts {
  const inputs = plan.inputs.map(({ name, shape, datatype }) => ({ name, shape, integers: INTEGERS.has(datatype) }));
  const outputs = plan.outputs.map((id) => ({ name: id, shape: plan.shapes.get(id) ?? [] }));
  const [input] = inputs;
  const datatype = plan.inputs[0]?.datatype ?? '';
  const alone =
    inputs.length === 1 && input && input.shape.length === 4 && (!input.integers || HOLD_BYTES.has(datatype));
  const [, height, width, channels] = input?.shape ?? [];
  const picture = alone ? pictureFacts(height, width, channels) : undefined;
  const layers = plan.nodes.map(({ path }) => path);
  const application = picture && kerasApplication(layers, outputs);
  const own = picture && input ? (takenAsBytes(datatype) ?? ownPreprocessing(plan, input.name)) : undefined;
  return {
    inputs,
    outputs,
    ...(picture ? { picture } : {}),
    activation: lastActivation(plan),
    ...(own ? { own } : {}),
    ...(application ? { application } : {}),
  };
}

/** What the first layer that scales the picture says of the numbers that it takes. */
function ownPreprocessing(plan: FreezePlan, input: TensorId): ModelFacts['own'] {
  for (const { definition, config, path, output } of readersOf(plan, input)) {
    const takes = definition.expects?.(config, (name) => plan.weights.get(`${path}/${name}`));
    if (takes) {
      const range = takes === 'bytes' ? '0..255' : '0..1';
      return { takes, reason: `its ${definition.className} layer "${path}" takes ${range}` };
    }
    const found = definition.keeps?.(config) && ownPreprocessing(plan, output);
    if (found) return found;
  }
  return undefined;
}
