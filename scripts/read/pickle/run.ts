import { damaged } from './errors.ts';
import type { Machine } from './machine/machine.ts';
import { OPCODES, STOP } from './machine/opcodes.ts';
import type { PickleValue } from './machine/values.ts';

/** Reads one pickle up to its STOP. */
export function run(machine: Machine): PickleValue {
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
