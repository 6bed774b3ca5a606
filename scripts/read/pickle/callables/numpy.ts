import { parseDType } from '../arrays/dtype.ts';
import { arrayOf, elementAt, shapeOf } from '../arrays/ndarray.ts';
import { damaged } from '../errors.ts';
import { latin1 } from '../machine/text.ts';
import { isKind, type PickleValue } from '../machine/values.ts';
import type { CallContext, KnownNames } from './known.ts';

/** numpy 2 moved its core; files name it as the numpy that wrote them did. */
const CORES = ['numpy.core', 'numpy._core'];

/** Types that are an encoder's or an array's attribute (`dtype=numpy.float64`), and are nothing to call. */
const TYPES =
  'float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool bool_ str_ bytes_ object_'.split(' ');

export const numpyCallables: KnownNames = [
  ['numpy.dtype', { call: dtype }],
  ['numpy.ndarray', {}],
  ...TYPES.map((name) => [`numpy.${name}`, {}] as const),
  ...CORES.flatMap(
    (core) =>
      [
        [`${core}.multiarray._reconstruct`, { call: reconstruct }],
        [`${core}.multiarray.scalar`, { call: scalar }],
        [`${core}.numeric._frombuffer`, { call: fromBuffer }],
      ] as const,
  ),
];

function dtype(args: readonly PickleValue[], { refusals, position }: CallContext, name: string): PickleValue {
  return parseDType(args, refusals, position) ?? { kind: 'refused', name };
}

/** An empty array, filled by the BUILD that follows. */
function reconstruct([type]: readonly PickleValue[], { refusals, position }: CallContext, name: string): PickleValue {
  if (isKind(type, 'refused')) return type;
  if (!isKind(type, 'named') || type.name !== 'numpy.ndarray') {
    refusals.add(`${name} of a subclass of numpy.ndarray`, position);
    return { kind: 'refused', name };
  }
  const empty = { kind: 'dtype', code: 'f', size: 8, littleEndian: true } as const;
  return { kind: 'ndarray', shape: [0], dtype: { ...empty }, fortran: false, raw: new Uint8Array() };
}

function scalar([type, content]: readonly PickleValue[], context: CallContext, name: string): PickleValue {
  const { position } = context;
  if (isKind(type, 'refused')) return type;
  const raw = chargedBytes(content, context);
  if (!isKind(type, 'dtype') || !raw || raw.length !== type.size || type.code === 'O') {
    throw damaged(`${name} is given something else than a dtype and its bytes`, position);
  }
  return elementAt({ dtype: type, raw }, 0);
}

/** Protocol 5: `_frombuffer(bytes, dtype, shape, order)`. */
function fromBuffer(args: readonly PickleValue[], context: CallContext, name: string): PickleValue {
  const { position } = context;
  const [content, type, shape, order] = args;
  if (isKind(type, 'refused')) return type;
  const raw = typeof content === 'string' ? chargedBytes(content, context) : rawBytes(content);
  if (!raw || !isKind(type, 'dtype')) throw damaged(`${name} is given something else than bytes and a dtype`, position);
  return arrayOf(type, shapeOf(shape, position), order === 'F', raw, position);
}

/** Where the bytes are not only referred to but read or copied at once. */
function chargedBytes(value: PickleValue | undefined, context: CallContext): Uint8Array | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array) context.charge(value.length);
  return rawBytes(value);
}

/** Python 2 wrote bytes as a string, which is read with one character for each. */
export function rawBytes(value: PickleValue | undefined): Uint8Array | undefined {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'latin1');
    return latin1(bytes) === value ? bytes : undefined;
  }
  return value instanceof Uint8Array ? value : undefined;
}
