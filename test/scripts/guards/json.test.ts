import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../scripts/guards/json.ts';

const refusal = (code: string) => expect.objectContaining({ name: 'ImportError', code });

describe('JSON from outside', () => {
  it('is read as text and as bytes', () => {
    expect(parseJson('{"a": [1, "ä"]}', 'a.json')).toEqual({ a: [1, 'ä'] });
    expect(parseJson(new TextEncoder().encode('"ä"'), 'a.json')).toBe('ä');
  });

  it("holds the numbers that are Python's alone", () => {
    const text = '{"a": Infinity, "b": -Infinity, "c": NaN, "d": "NaN and \\"Infinity\\""}';
    expect(parseJson(text, 'a.json')).toEqual({ a: Infinity, b: -Infinity, c: null, d: 'NaN and "Infinity"' });
  });

  it('is refused where it is deeper or longer than any config', () => {
    expect(parseJson(`${'['.repeat(200)}${']'.repeat(200)}`, 'a.json')).toHaveLength(1);
    expect(() => parseJson('['.repeat(201), 'a.json')).toThrow(refusal('limit-exceeded'));
    expect(() => parseJson(`${'{"a":'.repeat(1_000_000)}`, 'a.json')).toThrow(refusal('limit-exceeded'));
    expect(() => parseJson(new Uint8Array(64 * 2 ** 20 + 1), 'a.json')).toThrow(refusal('limit-exceeded'));
  });

  it('does not count what stands in strings', () => {
    expect(parseJson(`"${'['.repeat(500)}\\"${'{'.repeat(500)}"`, 'a.json')).toHaveLength(1001);
  });

  it('is refused where it is none', () => {
    expect(() => parseJson('{', 'a.json')).toThrow(refusal('file-damaged'));
    expect(() => parseJson(Uint8Array.of(0xff, 0xfe), 'a.json')).toThrow(refusal('file-damaged'));
    expect(() => parseJson('{', 'a.json')).toThrow('a.json');
  });
});
