import { damaged, tooMuch } from './errors.ts';
import { PICKLE_LIMITS } from './limits.ts';
import type { Machine } from './machine.ts';
import { OPCODES, STOP } from './opcodes.ts';
import type { PickleValue } from './values.ts';

/** Reads one pickle up to its STOP. */
export function run(machine: Machine): PickleValue {
  const { cursor } = machine;
  for (let count = 0; ; count++) {
    if (count >= PICKLE_LIMITS.opcodes) {
      throw tooMuch('the opcodes', PICKLE_LIMITS.opcodes, count + 1, cursor.position);
    }
    cursor.opcode = cursor.position;
    const opcode = cursor.uint8('the next opcode');
    if (opcode === STOP) return machine.pop();
    const step = OPCODES[opcode];
    if (!step) throw damaged(`there is no opcode ${opcode}`, cursor.opcode);
    step(machine);
  }
}
