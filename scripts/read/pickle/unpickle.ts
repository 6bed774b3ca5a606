import { Machine } from './machine/machine.ts';
import type { PickleValue } from './machine/values.ts';
import { measureTree } from './measure-tree.ts';
import { run } from './run.ts';

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
