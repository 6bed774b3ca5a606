import type { Value } from '#onnx';
import { type DecodedWeight, type LiteModel, type LiteTensor, liteNumbers } from '#tensorflow';
import type { Constants } from '../tensorflow/emission.ts';
import { given, Refused } from '../tensorflow/operand.ts';
import type { LiteOperand } from './emission.ts';
import { realValue, scaleOf, storedBytes } from './quantization.ts';

/** A model that is being written. */
export interface Writing {
  readonly constants: Constants;
  readonly model: LiteModel;
  /** With stored numbers, not with what they stand for. */
  readonly exact: boolean;
  /** What is written already, by the numbers of tensors. */
  readonly operands: Map<number, LiteOperand>;
}

/** What an operator reads: a result of an earlier one, or a constant of the file. @throws Refused */
export function operandOf(writing: Writing, index: number): LiteOperand {
  const known = writing.operands.get(index);
  if (known) return known;
  const operand = constantOf(writing, writing.model.tensors[index] as LiteTensor);
  writing.operands.set(index, operand);
  return operand;
}

/** A constant of the file. Quantized ones stay small: their numbers are in the graph as they are stored. */
function constantOf({ constants: { graph }, exact }: Writing, tensor: LiteTensor): LiteOperand {
  if (tensor.refused) throw new Refused(tensor.refused);
  const { shape = [] } = tensor;
  const scale = scaleOf(tensor);
  if (scale) {
    const stored = once((): Value => {
      if (scale.scales.length > 1) throw new Refused('scales by channel of what is no weight');
      const name = graph.weight(tensor.name, shape, storedBytes(tensor), 'uint8');
      return { name, shape, datatype: 'uint8', layout: 'channels-last' };
    });
    return exact
      ? { tensor, scale, operand: () => given(stored()) }
      : { tensor, operand: once(() => given(realValue(graph, stored(), scale))) };
  }
  const numbers = liteNumbers(tensor);
  if (!numbers || tensor.type === 'UINT8' || tensor.type === 'INT8') throw new Refused(`a constant of ${tensor.type}`);
  const datatype = tensor.type === 'BOOL' ? 'bool' : 'int32';
  const weight: DecodedWeight =
    numbers instanceof Float32Array
      ? { name: tensor.name, shape, data: numbers, datatype: 'float32' }
      : { name: tensor.name, shape, data: Int32Array.from(numbers), datatype };
  return { tensor, operand: () => ({ kind: 'constant', weight }) };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
