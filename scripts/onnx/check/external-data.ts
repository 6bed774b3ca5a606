import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { type ModelProto, type TensorProto, TensorProto_DataLocation } from '../schema/onnx_pb.ts';
import { MAX_ONNX_BYTES } from './parse-onnx.ts';
import { allTensors } from './walk.ts';

/** A tensor whose numbers lie in another file, at a path that the model names. */
export interface ExternalTensor {
  readonly name: string;
  readonly tensor: TensorProto;
  readonly location: string;
}

export function externalTensors(model: ModelProto): ExternalTensor[] {
  const found: ExternalTensor[] = [];
  for (const { name, tensor } of allTensors(model)) {
    if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL && tensor.externalData.length === 0) continue;
    found.push({ name, tensor, location: entryOf(tensor, 'location') ?? '' });
  }
  return found;
}

/**
 * Puts the numbers that lie in other files into the model, in place.
 * @param files by the locations that the model names
 * @throws ImportError `file-damaged` for what lies beyond a file's end, `limit-exceeded` above 2 GB together
 */
export function takeInExternal(tensors: readonly ExternalTensor[], files: ReadonlyMap<string, Uint8Array>): void {
  let total = 0;
  for (const { name, tensor, location } of tensors) {
    const file = files.get(location);
    if (!file) throw new ImportError('file-damaged', expected('a file', `the numbers of tensor ${name}`, location));
    const offset = wholeNumber(name, tensor, 'offset') ?? 0;
    const length = wholeNumber(name, tensor, 'length') ?? Math.max(0, file.length - offset);
    if (offset + length > file.length) {
      const where = `tensor ${name} in ${location}`;
      throw new ImportError('file-damaged', expected(`${offset + length} bytes or more`, where, file.length), {
        remedy: 'The file of weights is cut short, or belongs to another model: download or export both again.',
      });
    }
    total += length;
    if (total > MAX_ONNX_BYTES) {
      throw new ImportError('limit-exceeded', expected('at most 2 GB', 'the weights of the ONNX model', total), {
        remedy: 'One file holds no more than 2 GB, and no function so large a model.',
      });
    }
    tensor.rawData = file.subarray(offset, offset + length);
    tensor.externalData = [];
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
  }
}

function wholeNumber(name: string, tensor: TensorProto, key: string): number | undefined {
  const text = entryOf(tensor, key);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text)) return value;
  throw new ImportError('file-damaged', expected('a whole number', `${key} of tensor ${name}`, text));
}

function entryOf({ externalData }: TensorProto, key: string): string | undefined {
  return externalData.find((entry) => entry.key === key)?.value;
}
