import { InvalidArgumentError } from 'commander';

/** Reads an option's words as a whole number of nine digits at most. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of at most 9 digits.');
  return Number(text);
}

/** The same, for what there must be at least one of. */
export function wholeAboveZero(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('Expected a whole number above 0.');
  return number;
}
