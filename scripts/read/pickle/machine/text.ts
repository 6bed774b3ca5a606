import { damaged, tooMuch } from '../errors.ts';
import { PICKLE_LIMITS } from '../limits.ts';

export function utf8(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('utf8');
}

/** One character for each byte: how Python 3 reads what Python 2 called a string when told to keep the bytes. */
export function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Numbers where they are exact. */
function integer(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Two's complement, little-endian: LONG1 and LONG4. */
export function littleEndianInteger(bytes: Uint8Array, position: number): number | bigint {
  if (bytes.length > PICKLE_LIMITS.integerBytes) {
    throw tooMuch('the bytes of an integer', PICKLE_LIMITS.integerBytes, bytes.length, position);
  }
  if (bytes.length === 0) return 0;
  const hexadecimal = Buffer.from(bytes).reverse().toString('hex');
  return integer(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hexadecimal}`)));
}

/** INT (`I01` is true) and LONG (`L12L`) of the text protocol. */
export function decimalInteger(line: Uint8Array, position: number): number | bigint | boolean {
  const text = latin1(line).trim().replace(/L$/, '');
  if (text === '00') return false;
  if (text === '01') return true;
  if (!/^[+-]?\d+$/.test(text)) throw damaged('an integer is not a number', position);
  if (text.length > PICKLE_LIMITS.integerBytes) {
    throw tooMuch('the digits of an integer', PICKLE_LIMITS.integerBytes, text.length, position);
  }
  return integer(BigInt(text.replace(/^\+/, '')));
}

export function decimalFloat(line: Uint8Array, position: number): number {
  const text = latin1(line).trim().toLowerCase();
  const named = /^([+-]?)(inf|infinity|nan)$/.exec(text);
  if (named) return named[2] === 'nan' ? Number.NaN : named[1] === '-' ? -Infinity : Infinity;
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/.test(text)) throw damaged('a float is not a number', position);
  return Number(text);
}

const SIMPLE: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '' };

/** STRING: a Python 2 literal in quotes with backslashes, one character for each byte. */
export function quoted(line: Uint8Array, position: number): string {
  const text = latin1(line).trim();
  const [, , inner] = /^(['"])([\s\S]*)\1$/.exec(text) ?? [];
  if (inner === undefined) throw damaged('a string is not in quotes', position);
  return inner.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (whole, escaped: string) => {
    if (escaped.length === 3 && escaped.startsWith('x'))
      return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 0xff);
    if (escaped === '\\' || escaped === "'" || escaped === '"') return escaped;
    return SIMPLE[escaped] ?? whole;
  });
}

/** UNICODE: `raw-unicode-escape`, where a backslash starts an escape only before u and U. */
export function rawUnicode(line: Uint8Array, position: number): string {
  return latin1(line).replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const point = Number.parseInt((short ?? long) as string, 16);
    if (point > 0x10ffff) throw damaged('a string has a character that does not exist', position);
    return String.fromCodePoint(point);
  });
}
