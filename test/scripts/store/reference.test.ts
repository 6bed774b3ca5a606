import { basename, join, normalize } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkName, checkTag, parseReference, type Reference, type Wanted } from '../../../scripts/store/reference.ts';

const word = fc
  .stringMatching(/^[a-z][a-z0-9_-]{0,20}$/)
  .filter((name) => !/^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(name));
const wanted: fc.Arbitrary<Wanted> = fc.oneof(
  fc.integer({ min: 1, max: 999_999_999 }).map((number) => ({ kind: 'version' as const, version: String(number) })),
  word.filter((tag) => !/^[0-9a-f]{7,}$/.test(tag)).map((tag) => ({ kind: 'tag' as const, tag })),
  fc.stringMatching(/^[0-9a-f]{4,64}$/).map((prefix) => ({ kind: 'digest' as const, prefix })),
);

/** The reference in words, as a person would type it. */
function formatReference({ name, wanted }: Reference): string {
  if (wanted.kind === 'version') return `${name}@${wanted.version}`;
  if (wanted.kind === 'digest') return `${name}@sha256:${wanted.prefix}`;
  return wanted.tag === 'production' ? name : `${name}@${wanted.tag}`;
}

describe('references', () => {
  it.each([
    ['gnomes', { kind: 'tag', tag: 'production' }],
    ['gnomes@3', { kind: 'version', version: '3' }],
    ['gnomes@latest', { kind: 'tag', tag: 'latest' }],
    ['gnomes@staging', { kind: 'tag', tag: 'staging' }],
    ['gnomes@0123abc', { kind: 'digest', prefix: '0123abc' }],
    ['gnomes@sha256:0123', { kind: 'digest', prefix: '0123' }],
    ['gnomes@1234567', { kind: 'version', version: '1234567' }],
    ['gnomes@1.5', { kind: 'tag', tag: '1.5' }],
    ['gnomes@facade', { kind: 'tag', tag: 'facade' }],
  ])('reads %s', (text, expected) => {
    expect(parseReference(text)).toEqual({ name: 'gnomes', wanted: expected });
  });

  it.each([
    'gnomes@',
    'gnomes@0',
    'gnomes@-1',
    'gnomes@1@2',
    'gnomes@../x',
    'gnomes@sha256:',
    'gnomes@ 1',
    'gnomes@01',
  ])('refuses %j', (text) =>
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'reference-not-valid' })),
  );

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.record({ name: word, wanted }), (reference) => {
        expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
    );
  });

  it('answers a reference with a safe name, or an error of ours, for any text', () => {
    const near = fc.string({ unit: fc.constantFrom(...'ab1.@-/\\:sh256 \n'), maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        try {
          const { name } = parseReference(text);
          expect(checkName(name)).toBe(name);
        } catch (error) {
          expect(error).toBeInstanceOf(FreezeframeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const accepts = (check: (word: string) => string, word: string) => {
  try {
    return check(word) === word;
  } catch (error) {
    if (error instanceof FreezeframeError) return false;
    throw error;
  }
};

describe('names', () => {
  it.each(['a', '7', 'gnomes', 'mnist-large.v2', 'a_b', 'x'.repeat(64), 'console'])('takes %s', (name) => {
    expect(checkName(name)).toBe(name);
  });

  it.each([
    '',
    '.',
    '..',
    '.hidden',
    '-rf',
    '_x',
    'a..b',
    'a.',
    'Gnomes',
    'gartenzwërg',
    'a b',
    'a/b',
    'a\\b',
    'a@b',
    'a\n',
    'a\0',
    'x'.repeat(65),
    'con',
    'nul.txt',
    'com1',
    'index.json',
    '%2e%2e',
  ])('refuses %j', (name) => {
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'name-not-valid' }));
  });

  it('suggests a name near the one that was refused', () => {
    expect(() => checkName('Garden Gnomes!')).toThrow(
      expect.objectContaining({ remedy: 'Call it garden-gnomes, for example.' }),
    );
    expect(() => checkName('Größe Äpfel')).toThrow(
      expect.objectContaining({ remedy: 'Call it gro-e-apfel, for example.' }),
    );
    expect(() => checkName('con')).toThrow('no device of Windows');
    expect(() => checkName('///')).toThrow(FreezeframeError);
  });

  it('never takes a word that leads out of its folder or changes in a URL', () => {
    const near = fc.string({ unit: fc.constantFrom(...'ab1.-_/\\@%:~ \0\nÄ'), maxLength: 70 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (word) => {
        if (!accepts(checkName, word)) return;
        const path = normalize(join('store', 'models', word));
        expect(path).toBe(join('store', 'models', basename(path)));
        expect(basename(path)).toBe(word);
        expect(encodeURIComponent(word)).toBe(word);
        expect(word.toLowerCase()).toBe(word);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('tags', () => {
  it.each(['production', 'staging', 'v2', '2026-01', 'facade'])('takes %s', (tag) => expect(checkTag(tag)).toBe(tag));

  it.each(['latest', '3', '007', 'abcdef01', 'Prod', '../x', '', 'a'.repeat(65)])('refuses %j', (tag) => {
    expect(() => checkTag(tag)).toThrow(expect.objectContaining({ code: 'tag-not-valid' }));
  });
});
