import { describe, expect, it } from 'vitest';
import { literalAsJson } from '../../../scripts/read/python-literal.ts';

describe('literalAsJson', () => {
  it.each<[string, unknown]>([
    [`{0: 'cat', 1: "bee's", 2: 'say "x": 3, None'}`, { 0: 'cat', 1: "bee's", 2: 'say "x": 3, None' }],
    [`['it\\'s', '\\xe9t\\u00e9', 'a\\\\b', 'a\\tb\\nc\\rd']`, ["it's", 'été', 'a\\b', 'a\tb\nc\rd']],
    [
      `{'half': True, 'int8': False, 'data': None, 'size': [224, 224]}`,
      { half: true, int8: false, data: null, size: [224, 224] },
    ],
    [
      JSON.stringify({ a: ['"', "'", '\\', '\n', 'é', '\u0001\b\f'] }),
      { a: ['"', "'", '\\', '\n', 'é', '\u0001\b\f'] },
    ],
  ])('makes JSON of %s', (text, value) => {
    expect(JSON.parse(literalAsJson(text))).toEqual(value);
  });

  it('makes no JSON of anything else', () => {
    for (const text of [`{0: 'a'`, `['a`, `{0: open('x')}`]) expect(() => JSON.parse(literalAsJson(text))).toThrow();
  });
});
