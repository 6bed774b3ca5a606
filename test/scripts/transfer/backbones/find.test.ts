import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../../scripts/store/index.ts';
import { findBackbone } from '../../../../scripts/transfer/backbones/find.ts';
import { sampleContent } from '../../store/sample.ts';

describe('a backbone that there is not', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-find-'));
    await openStore(folder).save('resnet', sampleContent(1));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['mobilenet-edgetp', 'Did you mean mobilenet-edgetpu?'],
    ['resnt', 'Did you mean resnet?'],
    ['resnt:pool', 'Did you mean resnet?'],
    ['xyzzy', expect.stringContaining('freezeframe import')],
  ])('%s', async (reference, remedy) => {
    await expect(findBackbone(reference, openStore(folder))).rejects.toMatchObject({
      code: 'backbone-not-found',
      remedy,
    });
  });
});
