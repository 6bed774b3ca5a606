import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../scripts/store/places.ts';
import { productionOf, productionText } from '../../../scripts/store/production.ts';
import { sampleContent, sampleDraft, sampleModel } from './sample.ts';

describe('production', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'freezeframe-production-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('is said where the name means another version, or none', async () => {
    const store = openStore(root);
    const metrics = { constant: { verdict: 'not-better' } };
    const held = await store.save('pets', { manifest: sampleDraft({ metrics }), model: sampleModel(1) });
    expect(await productionOf(store, 'pets')).toBeNull();
    expect(productionText(held, null)).toBe(
      'No version of pets is in production. To use this one: freezeframe models tag pets@1 production',
    );
    const second = await store.save('pets', sampleContent(2));
    expect(await productionOf(store, 'pets')).toBe('2');
    expect(productionText(second, '2')).toBeUndefined();
    const third = await store.save('pets', sampleContent(3));
    expect(productionText(third, await productionOf(store, 'pets'))).toBe(
      'pets still answers with version 2. To use this one: freezeframe models tag pets@3 production',
    );
  });
});
