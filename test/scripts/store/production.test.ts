import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../scripts/store/places.ts';
import { allInProduction, productionOf, productionText } from '../../../scripts/store/production.ts';
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

  it('is not left out of a list of all where it cannot be read', async () => {
    const store = openStore(join(root, 'all'));
    const names = async () => (await allInProduction(store)).map(({ name, version }) => `${name}@${version}`);
    const [first, second] = [await store.save('cats', sampleContent(1)), await store.save('cats', sampleContent(2))];
    await store.save('dogs', sampleContent(3));
    expect(await names()).toEqual(['cats@1', 'dogs@1']);
    await writeFile(join(second.folder, 'manifest.json'), '{');
    expect(await names()).toEqual(['cats@1', 'dogs@1']);
    await writeFile(join(first.folder, 'manifest.json'), '{');
    await expect(names()).rejects.toMatchObject({ code: 'model-damaged', message: expect.stringContaining('cats') });
    await store.remove('cats@1', { force: true });
    // Nothing is in production then.
    expect(await names()).toEqual(['dogs@1']);
  });
});
