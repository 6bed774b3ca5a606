/** Open Inference Protocol v2's names of the datatypes that can be held without loss in JavaScript's typed arrays. */
export const DATATYPES = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP32',
  'FP64',
] as const;

export type Datatype = (typeof DATATYPES)[number];

/** The values of a tensor in memory, one typed array for each datatype. */
export type TensorValues =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** A tensor, row-major. BOOL is held as 0 and 1 in a Uint8Array. */
export interface TensorData {
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorValues;
}

interface DatatypeInfo {
  /** onnxruntime's name. */
  readonly onnx:
    | 'bool'
    | 'uint8'
    | 'uint16'
    | 'uint32'
    | 'uint64'
    | 'int8'
    | 'int16'
    | 'int32'
    | 'int64'
    | 'float32'
    | 'float64';
  readonly array: new (length: number) => TensorValues;
  /** Whole numbers only, within these limits; absent for floating point. */
  readonly range?: readonly [min: bigint, max: bigint];
}

const signed = (bits: bigint) => [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] as const;
const unsigned = (bits: bigint) => [0n, 2n ** bits - 1n] as const;

/** What each datatype is to onnxruntime and to JavaScript. */
export const DATATYPE_INFO: Readonly<Record<Datatype, DatatypeInfo>> = {
  BOOL: { onnx: 'bool', array: Uint8Array, range: [0n, 1n] },
  UINT8: { onnx: 'uint8', array: Uint8Array, range: unsigned(8n) },
  UINT16: { onnx: 'uint16', array: Uint16Array, range: unsigned(16n) },
  UINT32: { onnx: 'uint32', array: Uint32Array, range: unsigned(32n) },
  UINT64: { onnx: 'uint64', array: BigUint64Array, range: unsigned(64n) },
  INT8: { onnx: 'int8', array: Int8Array, range: signed(8n) },
  INT16: { onnx: 'int16', array: Int16Array, range: signed(16n) },
  INT32: { onnx: 'int32', array: Int32Array, range: signed(32n) },
  INT64: { onnx: 'int64', array: BigInt64Array, range: signed(64n) },
  FP32: { onnx: 'float32', array: Float32Array },
  FP64: { onnx: 'float64', array: Float64Array },
};

/** The datatype by onnxruntime's name, or undefined for one that is not carried (strings, float16, complex). */
export function datatypeOf(onnx: string): Datatype | undefined {
  return DATATYPES.find((datatype) => DATATYPE_INFO[datatype].onnx === onnx);
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
