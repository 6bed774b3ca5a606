import type { PickleValue } from '../machine/values.ts';
import type { Refusals } from './refusals.ts';

/** What a known name may do while a pickle is read. */
export interface CallContext {
  readonly refusals: Refusals;
  /** Byte of the opcode that calls. */
  readonly position: number;
  /** Must be asked before bytes are made that are not in the file. */
  charge(bytes: number): void;
  /** Calls a value or makes an instance of it, if it is a name that may be used so; else it is refused. */
  use(value: PickleValue | undefined, args: readonly PickleValue[], how: keyof Known): PickleValue;
}

/** What stands for calling it: always plain code of this folder that makes plain data. */
export type Callable = (args: readonly PickleValue[], context: CallContext, name: string) => PickleValue;

export interface Known {
  /** Called by REDUCE. */
  readonly call?: Callable;
  /** An instance of it is made by NEWOBJ, OBJ or INST. */
  readonly create?: Callable;
}

export type KnownNames = readonly (readonly [name: string, known: Known])[];
