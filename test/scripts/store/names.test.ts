import { basename, join, normalize } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkName, checkTag } from '../../../scripts/store/names.ts';

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
