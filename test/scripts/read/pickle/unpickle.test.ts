import { describe, expect, it } from 'vitest';
import { elementsOf, numbersOf, tensorOf } from '../../../../scripts/read/pickle/arrays/ndarray.ts';
import { decompress } from '../../../../scripts/read/pickle/compression.ts';
import { OPCODES } from '../../../../scripts/read/pickle/machine/opcodes.ts';
import { isKind, itemsOf, type NdArray, type PickleValue } from '../../../../scripts/read/pickle/machine/values.ts';
import { unpickle } from '../../../../scripts/read/pickle/unpickle.ts';
import { ARRAYS, assemble, fixture, PROTO_4, refusal, text } from './assemble.ts';

/** As plain JavaScript. */
function plain(value: PickleValue | undefined): unknown {
  if (isKind(value, 'dict')) return Object.fromEntries([...value.entries].map(([k, v]) => [String(k), plain(v)]));
  if (isKind(value, 'set')) return new Set(value.items.map(plain));
  return itemsOf(value)?.map(plain) ?? value;
}

describe('opcodes', () => {
  it('knows all that Python lists but STOP', () => {
    // len(pickletools.opcodes) in Python 3.8 to 3.14
    expect(OPCODES.filter(Boolean)).toHaveLength(68 - 1);
  });

  it.each<[string, Uint8Array, unknown]>([
    ['None and booleans', assemble('(NI00\nI01\n\x88\x89t.'), [null, false, true, true, false]],
    ['integers', assemble('(I-12\nL345L\nJ\xff\xff\xff\xffK\xffM\xff\xfft.'), [-12, 345, -1, 255, 65535]],
    [
      'long integers',
      assemble('(\x8a\0\x8a\x02\x00\x80\x8a\x09\0\0\0\0\0\0\0\0\x01\x8b\x01\0\0\0\x7ft.'),
      [0, -32768, 2n ** 64n, 127],
    ],
    [
      'floats',
      assemble('(F1.5e3\nFnan\nF-inf\nG\x3f\xf8\0\0\0\0\0\0t.'),
      [1500, Number.NaN, Number.NEGATIVE_INFINITY, 1.5],
    ],
    [
      'strings of Python 2',
      assemble("(S'a\\x41\\n\\'\\101'\nS\"\\t\\\\\"\nU\x02\xe9xT\x01\0\0\0bt."),
      ["aA\n'A", '\t\\', 'éx', 'b'],
    ],
    [
      'unicode',
      assemble('(Va\\u00e9\\U0001f600\\n\nX\x02\0\0\0\xc3\xa9\x8d\x01\0\0\0\0\0\0\0zt.'),
      ['aé😀\\n', 'é', 'z'],
    ],
    [
      'bytes',
      assemble('(B\x01\0\0\0aC\x01b\x8e\x01\0\0\0\0\0\0\0c\x96\x01\0\0\0\0\0\0\0dt.'),
      ['a', 'b', 'c', 'd'].map((c) => assemble(c)),
    ],
    ['lists', assemble('(](K\x01K\x02e]K\x03a(K\x04lt.'), [[1, 2], [3], [4]]],
    ['tuples', assemble('()K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87(tt.'), [[], [1], [1, 2], [1, 2, 3], []]],
    [
      'dicts',
      assemble(PROTO_4, '(}', text('a'), 'K\x01s}(', text('b'), 'K\x02u(', text('c'), 'K\x03dt.'),
      [{ a: 1 }, { b: 2 }, { c: 3 }],
    ],
    ['sets', assemble(PROTO_4, '(\x8f(K\x01K\x02\x90(K\x03\x91t.'), [new Set([1, 2]), new Set([3])]],
    ['the memo', assemble('(K\x01p0\nK\x02q\x01K\x03r\x02\x01\0\0g0\nh\x01j\x02\x01\0\0t.'), [1, 2, 3, 1, 2, 3]],
    ['the stack', assemble('K\x01(K\x02K\x0312(0K\x050.'), 1],
    ['frames', assemble(PROTO_4, '\x95\x02\0\0\0\0\0\0\0N.'), null],
    [
      'sets and bytes of protocol 2',
      assemble('(c__builtin__\nset\n((lK\x01atRc_codecs\nencode\n(V\xe9\nVlatin1\ntRt.'),
      [new Set([1]), assemble(0xe9)],
    ],
  ])('reads %s', (_, bytes, wanted) => {
    const value = plain(unpickle(bytes));
    expect(value).toEqual(wanted);
  });

  it.each<[string, Uint8Array]>([
    ['no bytes', assemble('')],
    ['no STOP', assemble('N')],
    ['STOP on an empty stack', assemble('.')],
    ['an unknown opcode', assemble([0xff], '.')],
    ['protocol 6', assemble([0x80, 6], 'N.')],
    ['values below a mark', assemble('N(0000.')],
    ['a memo entry that is not there', assemble('h\x07.')],
    ['a mark that is not there', assemble('e.')],
    ['appending to a number', assemble('K\x01K\x02a.')],
    ['items of a list', assemble(']K\x01K\x02s.')],
    ['a key without a value', assemble('(K\x01d.')],
    ['a line without an end', assemble('I12')],
    ['an integer that is none', assemble('I1x\n.')],
    ['a float that is none', assemble('F1..2\n.')],
    ['a string without quotes', assemble('Sabc\n.')],
    ['arguments that are no tuple', assemble('c_codecs\nencode\nNR.')],
    ['attributes of a list', assemble(']}b.')],
  ])('says that %s is damage, and where', (_, bytes) => {
    const error = refusal(bytes);
    expect(error.code).toBe('file-damaged');
    expect(error.message).toMatch(/at byte \d+/);
  });
});

describe('numpy arrays', () => {
  const check = (value: PickleValue, name: string, row: readonly (number | string)[]) => {
    const numbers = typeof value === 'number' ? [value] : [...(numbersOf(value as NdArray) ?? [])];
    expect(
      numbers.map((n) => (Number.isFinite(n) ? n : String(n).replace('Infinity', 'inf'))),
      name,
    ).toEqual(row);
  };

  it.each([
    'protocol-0.pkl',
    'protocol-1.pkl',
    'protocol-2.pkl',
    'protocol-3.pkl',
    'protocol-4.pkl',
    'protocol-5.pkl',
    'joblib',
  ])('reads every kind of number, order and byte order of arrays.%s', (ending) => {
    const dict = unpickle(fixture(`arrays.${ending}`));
    if (!isKind(dict, 'dict')) throw new Error('no dict');
    expect([...dict.entries.keys()]).toEqual(Object.keys(ARRAYS));
    for (const [name, row] of Object.entries(ARRAYS)) check(dict.entries.get(name) ?? null, name, row);
    const fortran = dict.entries.get('fortran') as NdArray;
    expect(fortran).toMatchObject({ shape: [2, 3, 4], fortran: true });
    expect([...(tensorOf(fortran)?.data ?? [])]).toEqual(ARRAYS.fortran);
  });

  it('reads text, bytes and objects', () => {
    const words = ['cat', 'dog', 'été', '日本'];
    const arrays = itemsOf(unpickle(fixture('text.pkl'))) as NdArray[];
    expect(arrays.map(elementsOf)).toEqual([words, ['a', 'bc'], words]);
  });

  it("reads joblib's arrays in the stream, an array of objects between them", () => {
    const dict = unpickle(decompress(fixture('nested.joblib')));
    const [fortran, words, floats] = itemsOf(isKind(dict, 'dict') ? dict.entries.get('deep') : null) as NdArray[];
    check(fortran as NdArray, 'fortran', ARRAYS.fortran ?? []);
    expect(elementsOf(words as NdArray)).toEqual(['cat', 'dog', 'été', '日本']);
    check(floats as NdArray, 'float32', ARRAYS.float32 ?? []);
  });
});
