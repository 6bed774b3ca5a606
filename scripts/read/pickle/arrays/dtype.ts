import type { Refusals } from '../callables/refusals.ts';
import { damaged } from '../errors.ts';
import { type DType, itemsOf, type PickleValue } from '../machine/values.ts';

const SIZES: Record<string, readonly number[]> = { f: [2, 4, 8], i: [1, 2, 4, 8], u: [1, 2, 4, 8], b: [1], O: [4, 8] };
const LETTERS: Record<string, string> = { '?': 'b1', e: 'f2', f: 'f4', d: 'f8', O: 'O8', U: 'U0', S: 'S0' };

/** Text of at most this many characters in an array: labels, not books. */
const LONGEST_TEXT = 65_536;

/**
 * `dtype('f8', False, True)`: what numpy writes, and the letters of its typecodes. Undefined (and refused) for complex
 * numbers, dates, records and what is wider than 8 bytes.
 */
export function parseDType(args: readonly PickleValue[], refusals: Refusals, position: number): DType | undefined {
  const [given] = args;
  const text = typeof given === 'string' ? given.slice(0, 20) : undefined;
  const [, order, body] = /^([<>|=]?)(\?|[A-Za-z]\d*)$/.exec(text ?? '') ?? [];
  const [, letter, digits] = /^([A-Za-z])(\d+)$/.exec(LETTERS[body ?? ''] ?? body ?? '') ?? [];
  const number = Number(digits);
  const known =
    letter !== undefined && (SIZES[letter]?.includes(number) || (/[US]/.test(letter) && number <= LONGEST_TEXT));
  if (!known) {
    refusals.add(`numpy.dtype(${JSON.stringify(text ?? null)})`, position);
    return undefined;
  }
  const code = letter as DType['code'];
  return { kind: 'dtype', code, size: code === 'U' ? number * 4 : number, littleEndian: order !== '>' };
}

/** What numpy gives a dtype after making it: version, byte order, and parts that only records have. */
export function buildDType(dtype: DType, state: PickleValue, refusals: Refusals, position: number): void {
  const items = itemsOf(state);
  const order = items?.[1];
  if (!items || items.length < 5 || typeof order !== 'string' || !/^[<>|=]$/.test(order)) {
    throw damaged('a numpy dtype has a state of another form', position);
  }
  if (items.slice(2, 5).some((item) => item !== null && itemsOf(item)?.length !== 0)) {
    refusals.add('numpy.dtype of records', position);
  }
  dtype.littleEndian = order !== '>';
}
