import { describe, expect, it } from 'vitest';
import { isClutter, safeEntryName } from '../../../../../scripts/read/containers/zip/entry-name.ts';

describe('names of entries', () => {
  it('keep what is harmless, with forward slashes', () => {
    expect(safeEntryName('a/b c/ö.json')).toBe('a/b c/ö.json');
    expect(safeEntryName('a\\b.h5')).toBe('a/b.h5');
    expect(safeEntryName('a..b/...')).toBe('a..b/...');
  });

  it.each(['..', 'a/..', '/a', 'c:/a', '', 'a\u202eb', 'a\nb', 'a'.repeat(1025)])('refuse %j', (name) => {
    expect(() => safeEntryName(name)).toThrow(expect.objectContaining({ code: 'file-hostile' }));
  });

  it('tell what systems leave beside a model from the model', () => {
    expect(['__MACOSX/._a.h5', '.git/config', 'a/.DS_Store', 'Thumbs.db'].every(isClutter)).toBe(true);
    expect(['a.h5', 'MACOSX/a', 'a.git/b', 'model.weights.h5'].some(isClutter)).toBe(false);
  });
});
