import { KNOWN } from '../callables/index.ts';
import type { CallContext, Known } from '../callables/known.ts';
import { Refusals } from '../callables/refusals.ts';
import { damaged, tooMuch } from '../errors.ts';
import { expandedBytes, PICKLE_LIMITS, SLOT } from '../limits.ts';
import { Cursor } from './cursor.ts';
import { describeValue, isKind, type Named, type PickleValue, type Refused } from './values.ts';

/** Longer than any name on the list. */
const LONGEST_NAME = 200;

/** The state of one unpickling: what pickle's own stack machine has, and what has been refused so far. */
export class Machine implements CallContext {
  readonly cursor: Cursor;
  readonly refusals: Refusals;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  /** Shared with pickles inside this one. */
  readonly #budget: { left: number; opcodes: number };
  /** joblib writes arrays of objects as a pickle in the pickle, and no deeper. */
  readonly nested: boolean;

  readonly #run: (machine: Machine) => PickleValue;

  constructor(bytes: Uint8Array, run: (machine: Machine) => PickleValue, outer?: Machine) {
    this.#run = run;
    this.cursor = outer?.cursor ?? new Cursor(bytes);
    this.refusals = outer?.refusals ?? new Refusals();
    this.#budget = outer ? outer.#budget : { left: expandedBytes(bytes.length), opcodes: 0 };
    this.nested = outer !== undefined;
  }

  /** Reads a pickle that is inside this one, with a stack and a memo of its own. */
  inner(): PickleValue {
    return this.#run(new Machine(this.cursor.bytes, this.#run, this));
  }

  get position(): number {
    return this.cursor.opcode;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    this.#need(1);
    return this.#stack.pop() as PickleValue;
  }

  top(): PickleValue {
    this.#need(1);
    return this.#stack.at(-1) as PickleValue;
  }

  replaceTop(value: PickleValue): void {
    this.#need(1);
    this.#stack[this.#stack.length - 1] = value;
  }

  popMany(count: number): PickleValue[] {
    this.#need(count);
    return count === 0 ? [] : this.#stack.splice(-count);
  }

  mark(): void {
    if (this.#marks.length >= PICKLE_LIMITS.marks) {
      throw tooMuch('the open marks', PICKLE_LIMITS.marks, this.#marks.length + 1, this.position);
    }
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw damaged('it closes what it did not open', this.position);
    return this.#stack.splice(mark);
  }

  /** True where a mark is all that is above the last value: POP removes that too. */
  get atMark(): boolean {
    return this.#marks.at(-1) === this.#stack.length;
  }

  put(index: number): void {
    if (!this.#memo.has(index) && this.#memo.size >= PICKLE_LIMITS.memo) {
      throw tooMuch('the entries of the memo', PICKLE_LIMITS.memo, this.#memo.size + 1, this.position);
    }
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw damaged(`memo entry ${index} is used before it is there`, this.position);
    this.push(value);
  }

  /** One more opcode. */
  count(): void {
    this.#budget.opcodes++;
    if (this.#budget.opcodes > PICKLE_LIMITS.opcodes) {
      throw tooMuch('the opcodes', PICKLE_LIMITS.opcodes, this.#budget.opcodes, this.cursor.position);
    }
  }

  charge(bytes: number): void {
    this.#budget.left -= bytes;
    if (this.#budget.left < 0) {
      const limit = expandedBytes(this.cursor.bytes.length);
      throw tooMuch('the bytes that are made', limit, limit - this.#budget.left, this.position);
    }
  }

  /** A class or function by its name: refused unless it is on the list. */
  name(module: string, name: string): Named | Refused {
    // A long name is not even looked up: it may be asked for a million times.
    if (module.length + name.length > LONGEST_NAME) {
      return this.refuse(`${module.slice(0, 60)}.${name.slice(0, LONGEST_NAME)}`);
    }
    const full = `${module}.${name}`;
    return KNOWN.has(full) ? { kind: 'named', name: full } : this.refuse(full);
  }

  refuse(name: string): Refused {
    this.refusals.add(name, this.position);
    return { kind: 'refused', name };
  }

  use(value: PickleValue | undefined, args: readonly PickleValue[], how: keyof Known): PickleValue {
    if (isKind(value, 'refused')) return value;
    if (!isKind(value, 'named')) return this.refuse(`calling ${describeValue(value)}`);
    const known = KNOWN.get(value.name)?.[how];
    if (!known) return this.refuse(`${value.name}${how === 'call' ? '()' : ' instances'}`);
    this.charge(args.length * SLOT);
    return known(args, this, value.name);
  }

  #need(count: number): void {
    if (this.#stack.length - (this.#marks.at(-1) ?? 0) >= count) return;
    throw damaged('it uses more values than it has given', this.position);
  }
}
