import { damaged } from './errors.ts';
import { Machine } from './machine/machine.ts';
import { OPCODES, STOP } from './machine/opcodes.ts';
import type { PickleValue } from './machine/values.ts';
import { measureTree } from './measure-tree.ts';

/**
 * Reads a Python pickle (protocols 0 to 5, joblib's inline arrays too) as plain data. Nothing is run: names of classes
 * and functions are looked up in a list of known ones, for which code of this folder stands, and all others are refused.
 * What follows the first pickle of the file is not read.
 * @param bytes not compressed: see `decompress`
 * @throws ImportError `pickle-refused` naming everything that is not on the list, `limit-exceeded`, `file-damaged`
 */
export function unpickle(bytes: Uint8Array): PickleValue {
  const machine = new Machine(bytes, run);
  let value: PickleValue;
  try {
    value = run(machine);
  } catch (error) {
    // A damaged file that asks for os.system is first of all one that asks for os.system.
    throw machine.refusals.any ? machine.refusals.error() : error;
  }
  if (machine.refusals.any) throw machine.refusals.error();
  measureTree(value, bytes.length);
  return value;
}

/** Reads one pickle up to its STOP. */
function run(machine: Machine): PickleValue {
  const { cursor } = machine;
  for (;;) {
    machine.count();
    cursor.opcode = cursor.position;
    const opcode = cursor.uint8('the next opcode');
    if (opcode === STOP) return machine.pop();
    const step = OPCODES[opcode];
    if (!step) throw damaged(`there is no opcode ${opcode}`, cursor.opcode);
    step(machine);
  }
}

const PROTO = 0x80;

/**
 * Protocols 0 and 1 have no header: what a container, an instance or a name begins with, and what is put into the memo
 * next. `cat`, `dog` on two lines is a name too, and a list of labels.
 */
const TEXT_PROTOCOL =
  /^\(*([ci][\w.]+\n[\w.]+\n(p\d+\n|q[^ -~]|[()])|[dlt]p\d+\n|[\]}](q[^ -~]|\()|S['"]|V\{|X[\s\S]{4}\{)/;

/** Whether the first bytes (not compressed) are those of a pickle: a protocol that exists and an opcode after it. */
export function looksLikePickle(head: Uint8Array): boolean {
  const [first, protocol = 0, next = 0] = head;
  if (first === PROTO) return protocol >= 2 && protocol <= 5 && (next === 0x2e || OPCODES[next] !== undefined);
  return TEXT_PROTOCOL.test(Buffer.from(head.subarray(0, 256)).toString('latin1'));
}
