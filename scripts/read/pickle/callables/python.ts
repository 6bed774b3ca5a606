import { damaged } from '../errors.ts';
import { SLOT } from '../limits.ts';
import { isKind, itemsOf, type PickleValue } from '../machine/values.ts';
import { knownAttribute } from './keras.ts';
import type { CallContext, Known, KnownNames } from './known.ts';

/** Python 2's names for what Python 3 calls builtins, copyreg and io. */
const BUILTINS = ['builtins', '__builtin__'];
const COPYREG = ['copyreg', 'copy_reg'];

const everywhere = (modules: readonly string[], name: string, known: Known) =>
  modules.map((module) => [`${module}.${name}`, known] as const);

/** Classes that may be an attribute's value or a base, and are nothing to call. */
const INERT = ['object', 'int', 'long', 'float', 'bool', 'str', 'unicode', 'complex', 'NoneType'];

const toList: Known = { call: (args, context, name) => ({ kind: 'list', items: [...copied(args, context, name)] }) };
const toTuple: Known = { call: (args, context, name) => ({ kind: 'tuple', items: copied(args, context, name) }) };
const toSet: Known = { call: (args, context, name) => ({ kind: 'set', items: [...copied(args, context, name)] }) };
const toBytes = { call: bytesOf };
const toDict = { call: dictOf, create: dictOf };
const instance: Known = { create: (args, _, type) => ({ kind: 'object', type, args, state: null }) };

export const pythonCallables: KnownNames = [
  ...INERT.flatMap((name) => everywhere(BUILTINS, name, {})),
  ...everywhere(BUILTINS, 'list', toList),
  ...everywhere(BUILTINS, 'tuple', toTuple),
  ...everywhere(BUILTINS, 'set', toSet),
  ...everywhere(BUILTINS, 'frozenset', toSet),
  ...everywhere(BUILTINS, 'dict', toDict),
  ...everywhere(BUILTINS, 'bytes', toBytes),
  ...everywhere(BUILTINS, 'bytearray', toBytes),
  ...everywhere(BUILTINS, 'getattr', { call: knownAttribute }),
  ['collections.OrderedDict', toDict],
  ['_codecs.encode', { call: encode }],
  ...everywhere(['_io', 'io'], 'BytesIO', { ...instance, call: instance.create as NonNullable<Known['create']> }),
  ...everywhere(COPYREG, '_reconstructor', { call: reconstructor }),
  ...everywhere(COPYREG, '__newobj__', { call: (args, context) => create(args[0], args.slice(1), context) }),
];

/** Items of a list, tuple or set that a new container is made of. */
function copied([from]: readonly PickleValue[], context: CallContext, name: string): readonly PickleValue[] {
  const items = from === undefined ? [] : isKind(from, 'set') ? from.items : itemsOf(from);
  if (isKind(from, 'refused')) return [];
  if (!items) throw damaged(`${name} is given no items`, context.position);
  context.charge(items.length * SLOT);
  return items;
}

/** How protocols 0 to 2 write bytes: as a string with one character for each. */
function encode([text, encoding]: readonly PickleValue[], context: CallContext, name: string): PickleValue {
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1')) {
    context.refusals.add(`${name} other than to latin1`, context.position);
    return { kind: 'refused', name };
  }
  context.charge(text.length);
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function bytesOf(args: readonly PickleValue[], context: CallContext, name: string): PickleValue {
  const [content] = args;
  if (content === undefined) return new Uint8Array();
  if (content instanceof Uint8Array) return content;
  if (typeof content === 'string') return encode(args, context, name);
  // bytes(1000000000) would make as many zeros.
  throw damaged(`${name} is given something else than bytes`, context.position);
}

function dictOf(args: readonly PickleValue[], context: CallContext, name: string): PickleValue {
  const [pairs] = args;
  if (isKind(pairs, 'refused')) return pairs;
  if (isKind(pairs, 'dict')) context.charge(pairs.entries.size * SLOT);
  if (isKind(pairs, 'dict')) return { kind: 'dict', entries: new Map(pairs.entries) };
  const items = copied(args, context, name);
  const entries = items.map((pair) => itemsOf(pair));
  if (!entries.every((pair) => pair?.length === 2)) throw damaged(`${name} is given no pairs`, context.position);
  return { kind: 'dict', entries: new Map(entries.map((pair) => [pair?.[0] ?? null, pair?.[1] ?? null])) };
}

/** `copyreg._reconstructor(class, object, None)`: how protocols 0 and 1 make an instance. */
function reconstructor([type, base, state]: readonly PickleValue[], context: CallContext, name: string): PickleValue {
  const plain = isKind(base, 'named') && /^(builtins|__builtin__)\.object$/.test(base.name);
  if (isKind(type, 'refused')) return type;
  if (plain && state === null) return create(type, [], context);
  context.refusals.add(`${name} of a class that is not a plain object`, context.position);
  return { kind: 'refused', name };
}

/** Makes an instance of a class, if it is one of which instances are known. */
export function create(type: PickleValue | undefined, args: readonly PickleValue[], context: CallContext): PickleValue {
  return context.use(type, args, 'create');
}
