import { create } from '../callables/python.ts';
import { damaged } from '../errors.ts';
import { build } from './build.ts';
import type { Machine } from './machine.ts';
import { decimalFloat, decimalInteger, latin1, littleEndianInteger, quoted, rawUnicode, utf8 } from './text.ts';
import { describeValue, isKind, itemsOf, type PickleValue } from './values.ts';

/** Highest protocol there is. */
const HIGHEST_PROTOCOL = 5;

type Step = (machine: Machine) => void;

const code = (letter: string) => letter.charCodeAt(0);
/** Pushes what is read from the stream. */
const pushes =
  (read: (machine: Machine) => PickleValue): Step =>
  (m) =>
    m.push(read(m));

/** Every opcode of protocols 0 to 5 but STOP, as listed in Python's `pickletools`. */
const STEPS: readonly (readonly [opcode: number, step: Step])[] = [
  // The protocol and its frames; lengths of frames are hints for reading ahead.
  [0x80, protocol],
  [0x95, frame],
  // The stack.
  [code('('), (m) => m.mark()],
  [code('0'), (m) => void (m.atMark ? m.popToMark() : m.pop())],
  [code('1'), (m) => void m.popToMark()],
  [code('2'), (m) => m.push(m.top())],
  // The memo.
  [code('p'), (m) => m.put(memoIndex(m))],
  [code('q'), (m) => m.put(m.cursor.uint8())],
  [code('r'), (m) => m.put(m.cursor.uint32())],
  [0x94, (m) => m.memoize()],
  [code('g'), (m) => m.get(memoIndex(m))],
  [code('h'), (m) => m.get(m.cursor.uint8())],
  [code('j'), (m) => m.get(m.cursor.uint32())],
  // Constants and numbers.
  [code('N'), pushes(() => null)],
  [0x88, pushes(() => true)],
  [0x89, pushes(() => false)],
  [code('I'), pushes((m) => decimalInteger(m.cursor.line('an integer'), m.position))],
  [code('L'), pushes((m) => decimalInteger(m.cursor.line('an integer'), m.position))],
  [code('J'), pushes((m) => m.cursor.int32())],
  [code('K'), pushes((m) => m.cursor.uint8())],
  [code('M'), pushes((m) => m.cursor.uint16())],
  [0x8a, pushes((m) => littleEndianInteger(m.cursor.take(m.cursor.uint8(), 'an integer'), m.position))],
  [0x8b, pushes((m) => littleEndianInteger(m.cursor.take(m.cursor.int32(), 'an integer'), m.position))],
  [code('F'), pushes((m) => decimalFloat(m.cursor.line('a float'), m.position))],
  [code('G'), pushes((m) => m.cursor.float64())],
  // Strings and bytes.
  [code('S'), pushes((m) => quoted(m.cursor.line('a string', Number.POSITIVE_INFINITY), m.position))],
  [code('T'), pushes((m) => latin1(m.cursor.take(m.cursor.int32(), 'a string')))],
  [code('U'), pushes((m) => latin1(m.cursor.take(m.cursor.uint8(), 'a string')))],
  [code('V'), pushes((m) => rawUnicode(m.cursor.line('a string', Number.POSITIVE_INFINITY), m.position))],
  [code('X'), pushes((m) => utf8(m.cursor.take(m.cursor.uint32(), 'a string')))],
  [0x8c, pushes((m) => utf8(m.cursor.take(m.cursor.uint8(), 'a string')))],
  [0x8d, pushes((m) => utf8(m.cursor.take(m.cursor.uint64(), 'a string')))],
  [code('B'), pushes((m) => m.cursor.take(m.cursor.uint32(), 'a bytes object'))],
  [code('C'), pushes((m) => m.cursor.take(m.cursor.uint8(), 'a bytes object'))],
  [0x8e, pushes((m) => m.cursor.take(m.cursor.uint64(), 'a bytes object'))],
  [0x96, pushes((m) => m.cursor.take(m.cursor.uint64(), 'a bytearray'))],
  // Containers.
  [code(']'), pushes(() => ({ kind: 'list', items: [] }))],
  [code('l'), pushes((m) => ({ kind: 'list', items: m.popToMark() }))],
  [code('a'), (m) => append(m, [m.pop()])],
  [code('e'), (m) => append(m, m.popToMark())],
  [code(')'), pushes(() => ({ kind: 'tuple', items: [] }))],
  [code('t'), pushes((m) => ({ kind: 'tuple', items: m.popToMark() }))],
  [0x85, pushes((m) => ({ kind: 'tuple', items: m.popMany(1) }))],
  [0x86, pushes((m) => ({ kind: 'tuple', items: m.popMany(2) }))],
  [0x87, pushes((m) => ({ kind: 'tuple', items: m.popMany(3) }))],
  [code('}'), pushes(() => ({ kind: 'dict', entries: new Map() }))],
  [code('d'), pushes((m) => ({ kind: 'dict', entries: new Map(pairs(m, m.popToMark())) }))],
  [code('s'), (m) => setItems(m, m.popMany(2))],
  [code('u'), (m) => setItems(m, m.popToMark())],
  [0x8f, pushes(() => ({ kind: 'set', items: [] }))],
  [0x90, addItems],
  [0x91, pushes((m) => ({ kind: 'set', items: m.popToMark() }))],
  // Names, and what is done with them.
  [code('c'), (m) => m.push(m.name(nameLine(m), nameLine(m)))],
  [0x93, stackGlobal],
  [code('R'), reduce],
  [0x81, newObject],
  [0x92, newObjectWithKeywords],
  [code('i'), (m) => instance(m, m.name(nameLine(m), nameLine(m)), m.popToMark())],
  [code('o'), object],
  [code('b'), build],
  // What points out of the file.
  [code('P'), (m) => m.push(m.refuse(`persistent id ${latin1(m.cursor.line('a persistent id'))}`))],
  [code('Q'), (m) => m.push(m.refuse(`persistent id (${describeValue(m.pop())})`))],
  [0x82, (m) => m.push(m.refuse(`extension code ${m.cursor.uint8()}`))],
  [0x83, (m) => m.push(m.refuse(`extension code ${m.cursor.uint16()}`))],
  [0x84, (m) => m.push(m.refuse(`extension code ${m.cursor.uint32()}`))],
  [0x97, (m) => m.push(m.refuse('out-of-band buffer'))],
  [0x98, (m) => m.replaceTop(isKind(m.top(), 'refused') ? m.top() : m.refuse('read-only buffer'))],
];

export const STOP = code('.');

/** By opcode. */
export const OPCODES: readonly (Step | undefined)[] = Array.from(
  { length: 256 },
  (_, opcode) => STEPS.find(([known]) => known === opcode)?.[1],
);

function protocol(m: Machine): void {
  const version = m.cursor.uint8('the protocol');
  if (version > HIGHEST_PROTOCOL) throw damaged(`there is no protocol ${version}`, m.position);
}

function frame(m: Machine): void {
  const length = m.cursor.uint64('the length of a frame');
  if (length > m.cursor.left)
    throw damaged(`a frame of ${length} bytes is cut short, ${m.cursor.left} are left`, m.position);
}

function memoIndex(m: Machine): number {
  const index = decimalInteger(m.cursor.line('a memo index'), m.position);
  if (typeof index !== 'number' && typeof index !== 'boolean') throw damaged('a memo index is too large', m.position);
  return Number(index);
}

function nameLine(m: Machine): string {
  return utf8(m.cursor.line('a name'));
}

function append(m: Machine, values: readonly PickleValue[]): void {
  const list = m.top();
  if (isKind(list, 'refused')) return;
  if (!isKind(list, 'list')) throw damaged(`it appends to ${describeValue(list)}`, m.position);
  for (const value of values) list.items.push(value);
}

function addItems(m: Machine): void {
  const values = m.popToMark();
  const set = m.top();
  if (isKind(set, 'refused')) return;
  if (!isKind(set, 'set')) throw damaged(`it adds to ${describeValue(set)}`, m.position);
  for (const value of values) set.items.push(value);
}

function* pairs(m: Machine, values: readonly PickleValue[]): Generator<[PickleValue, PickleValue]> {
  if (values.length % 2 !== 0) throw damaged('a dict has a key without a value', m.position);
  for (let i = 0; i < values.length; i += 2) yield [values[i] as PickleValue, values[i + 1] as PickleValue];
}

function setItems(m: Machine, values: readonly PickleValue[]): void {
  const dict = m.top();
  if (isKind(dict, 'refused')) return;
  if (!isKind(dict, 'dict')) throw damaged(`it sets items of ${describeValue(dict)}`, m.position);
  for (const [key, value] of pairs(m, values)) dict.entries.set(key, value);
}

function stackGlobal(m: Machine): void {
  const [module, name] = m.popMany(2);
  if (typeof module !== 'string' || typeof name !== 'string') throw damaged('a name is not a string', m.position);
  m.push(m.name(module, name));
}

function argumentsOf(m: Machine, value: PickleValue): readonly PickleValue[] {
  const args = isKind(value, 'tuple') ? itemsOf(value) : undefined;
  // What is refused may have answered anything.
  if (!args && !isKind(value, 'refused')) throw damaged('arguments are not a tuple', m.position);
  return args ?? [];
}

function reduce(m: Machine): void {
  const [callable, args] = m.popMany(2) as [PickleValue, PickleValue];
  m.push(m.use(callable, argumentsOf(m, args), 'call'));
}

function newObject(m: Machine): void {
  const [type, args] = m.popMany(2) as [PickleValue, PickleValue];
  m.push(create(type, argumentsOf(m, args), m));
}

function newObjectWithKeywords(m: Machine): void {
  const [type, args, keywords] = m.popMany(3) as [PickleValue, PickleValue, PickleValue];
  const none = isKind(keywords, 'dict') && keywords.entries.size === 0;
  const made = create(type, argumentsOf(m, args), m);
  m.push(none || isKind(made, 'refused') ? made : m.refuse(`${describeValue(type)} with keywords`));
}

function object(m: Machine): void {
  const [type, ...args] = m.popToMark();
  if (type === undefined) throw damaged('an object has no class', m.position);
  instance(m, type, args);
}

function instance(m: Machine, type: PickleValue, args: readonly PickleValue[]): void {
  m.push(create(type, args, m));
}
