import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImportError } from '../../../../scripts/guards/import-error.ts';
import { unpickle } from '../../../../scripts/read/pickle/unpickle.ts';

type Part = string | number | readonly number[] | Uint8Array;

/** Bytes of a pickle written by hand: text stands for its characters, numbers for bytes. */
export function assemble(...parts: readonly Part[]): Uint8Array {
  const all = parts.map((part) => {
    if (typeof part === 'string') return Buffer.from(part, 'latin1');
    return Buffer.from(typeof part === 'number' ? [part] : part);
  });
  return new Uint8Array(Buffer.concat(all));
}

/** SHORT_BINUNICODE. */
export function text(value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8');
  return assemble(0x8c, bytes.length, bytes);
}

/** STACK_GLOBAL of a module's name. */
export function named(module: string, name: string): Uint8Array {
  return assemble(text(module), text(name), 0x93);
}

export function uint32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
}

export const PROTO_4 = [0x80, 4];

/** The error with which bytes are refused; fails where they are not, or with an error of another kind. */
export function refusal(bytes: Uint8Array): ImportError {
  try {
    unpickle(bytes);
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

export const FOLDER = join(import.meta.dirname, '../../../fixtures/pickle');

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, name)));
}

export interface Expected {
  readonly rows: number[][];
  readonly scaled: number[][];
  readonly back: number[][];
  readonly answers: number[][];
  readonly kind: string;
  readonly labels: string[];
}

type Answers = Record<string, Expected> & { readonly arrays: Record<string, (number | string)[]> };

const { arrays, ...files } = JSON.parse(Buffer.from(fixture('expected.json')).toString('utf8')) as Answers;

/** What Python says of the files. */
export const EXPECTED: Readonly<Record<string, Expected>> = files;

/** Every element, row by row, of the arrays in `arrays.*`. */
export const ARRAYS = arrays;
