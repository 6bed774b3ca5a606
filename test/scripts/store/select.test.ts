import { FreezeframeError } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../scripts/store/reference.ts';
import { noModel, type Shelf, selectVersion } from '../../../scripts/store/select.ts';

const shelf: Shelf = {
  name: 'gnomes',
  versions: [
    { version: '1', digest: 'aaaa00000000' },
    { version: '2', digest: 'aaaa11111111' },
    { version: '10', digest: 'bbbb00000000' },
  ],
  tags: { production: '2', latest: '10', gone: '9' },
};

const select = (reference: string) => selectVersion(parseReference(reference), shelf);

describe('selectVersion', () => {
  it.each([
    ['gnomes', '2'],
    ['gnomes@1', '1'],
    ['gnomes@latest', '10'],
    ['gnomes@sha256:aaaa1', '2'],
    ['gnomes@sha256:bbbb', '10'],
    // More of the digest than the shelf has of it: not ruled out here.
    ['gnomes@aaaa00000000ffff', '1'],
  ])('%s is version %s', (reference, version) => expect(select(reference)).toBe(version));

  it.each([
    ['gnomes@3', 'version-not-found', /versions 1, 2, 10/],
    ['gnomes@sha256:cccc', 'version-not-found', /versions 1, 2, 10/],
    ['gnomes@sha256:aaaa', 'digest-ambiguous', /more of the digest/],
    ['gnomes@gone', 'tag-not-found', /models tag gnomes@10 gone/],
    ['gnomes@produktion', 'tag-not-found', /Did you mean production/],
  ])('%s fails with %s', (reference, code, remedy) => {
    expect(() => select(reference)).toThrow(expect.objectContaining({ code, remedy: expect.stringMatching(remedy) }));
  });
});

describe('noModel', () => {
  it.each([
    ['gnome', ['gnomes', 'digits'], 'Did you mean gnomes?'],
    ['houses', ['gnomes'], 'There is: gnomes'],
    ['houses', ['gnomes', 'digits'], 'There are: gnomes, digits'],
    ['houses', [], 'freezeframe train gnomes --name houses'],
  ])('%s among %j says: %s', (name, names, remedy) => {
    const error = noModel(name, names);
    expect(error).toBeInstanceOf(FreezeframeError);
    expect(error.remedy).toContain(remedy);
  });
});
