/**
 * What a pickle says, as plain data: nothing of it was called. Python's integers are numbers where those hold them
 * exactly, else bigints; floats are numbers; `bytes` and `bytearray` are views of the file.
 */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | PickleNode;

export type PickleNode = List | Tuple | PySet | Dict | PyObject | NdArray | DType | Named | Refused;

interface List {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

interface Tuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

interface PySet {
  readonly kind: 'set';
  readonly items: PickleValue[];
}

interface Dict {
  readonly kind: 'dict';
  readonly entries: Map<PickleValue, PickleValue>;
}

/** An instance of a known class, or the answer of a known function: its name, what it was given, and its attributes. */
export interface PyObject {
  readonly kind: 'object';
  /** `sklearn.preprocessing._data.MinMaxScaler` */
  readonly type: string;
  readonly args: readonly PickleValue[];
  state: PickleValue;
}

/** A numpy datatype of the kinds that weights and labels have. */
export interface DType {
  readonly kind: 'dtype';
  /** Float, signed, unsigned, bool, Unicode text (UCS-4), bytes, Python objects. */
  readonly code: 'f' | 'i' | 'u' | 'b' | 'U' | 'S' | 'O';
  /** Bytes of one element. */
  readonly size: number;
  littleEndian: boolean;
}

export interface NdArray {
  readonly kind: 'ndarray';
  shape: readonly number[];
  dtype: DType;
  /** Column-major. */
  fortran: boolean;
  /** As in memory, in the dtype's byte order; empty for arrays of objects. */
  raw: Uint8Array;
  /** Arrays of objects only. */
  objects?: readonly PickleValue[];
}

/** A class or function of the list of known ones, by its name. */
export interface Named {
  readonly kind: 'named';
  readonly name: string;
}

/** Stands where something refused would be, so that the rest is read and everything refused is named at once. */
export interface Refused {
  readonly kind: 'refused';
  readonly name: string;
}

export function isNode(value: PickleValue | undefined): value is PickleNode {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

export function isKind<K extends PickleNode['kind']>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleNode, { kind: K }> {
  return isNode(value) && value.kind === kind;
}

/** A list's or tuple's items. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  return isKind(value, 'list') || isKind(value, 'tuple') ? value.items : undefined;
}

/** For messages: `a list`, `the number 3`. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (!isNode(value)) return typeof value === 'string' ? 'a string' : `${typeof value} ${String(value).slice(0, 20)}`;
  if (value.kind === 'object') return value.type;
  return value.kind === 'named' || value.kind === 'refused' ? value.name : `a ${value.kind}`;
}
