import { setTimeout as wait } from 'node:timers/promises';
import { FreezeframeError } from '@freezeframe/inference';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TagChange } from '../../../functions/shared/models/index.ts';
import type { ModelStore } from '../../../scripts/store/model-store.ts';
import { prune } from '../../../scripts/store/prune.ts';
import { failsWith, type StorePlace } from './contract.ts';
import { sampleContent } from './sample.ts';

/** What every implementation of `ModelStore` must do with tags that many people move. */
export function tagsContract(label: string, makePlace: () => Promise<StorePlace>): void {
  describe(`tags contract: ${label}`, () => {
    let place: StorePlace;
    let store: ModelStore;
    beforeEach(async () => {
      place = await makePlace();
      store = place.open();
    });

    describe('history', () => {
      it('says who moved which tag from where to where, the oldest first', async () => {
        for (const i of [1, 2, 3]) await store.save('gnomes', sampleContent(i));
        expect(await store.history('gnomes')).toEqual([]);
        expect(await store.tag('gnomes@2', 'production')).toMatchObject({ from: '1', to: '2' });
        await place.open().tag('gnomes@2', 'staging');
        expect(await store.tag('gnomes@2', 'staging')).toBeUndefined();
        await store.tag('gnomes@3', 'production');
        await store.remove('gnomes@2');
        const history = await place.open().history('gnomes');
        expect(history.map(({ tag, from, to }) => [tag, from, to])).toEqual([
          ['production', '1', '2'],
          ['staging', null, '2'],
          ['production', '2', '3'],
          ['staging', '2', null],
        ]);
        for (const { by, at } of history) {
          expect(by).toMatch(/^.+@.+$/);
          expect(new Date(at).toISOString()).toBe(at);
        }
        await failsWith('model-not-found', store.history('gnoems'));
      });

      it('is one line of moves, and loses none, where many move one tag at once', async () => {
        for (const i of [1, 2, 3, 4]) await store.save('gnomes', sampleContent(i));
        const moved = await moveAll(12, (i, attempt) =>
          place.open().tag(`gnomes@${((i + attempt) % 4) + 1}`, 'staging'),
        );
        const history = await store.history('gnomes');
        expect(history).toHaveLength(12);
        expect(moved.map(({ id }) => id).sort()).toEqual(history.map(({ id }) => id).sort());
        expectLinear(history, { staging: null });
        expect((await store.resolve('gnomes@staging')).version).toBe(history.at(-1)?.to);
      });
    });

    it('gives and moves the tag `constructor`, which every object has from birth', async () => {
      for (const i of [1, 2]) await store.save('gnomes', sampleContent(i));
      await failsWith('tag-not-found', store.find('gnomes@constructor'));
      expect(await store.tag('gnomes@1', 'constructor')).toMatchObject({ from: null, to: '1' });
      expect(await store.tag('gnomes@2', 'constructor', { expect: '1' })).toMatchObject({ from: '1', to: '2' });
      expect((await place.open().find('gnomes@constructor')).version).toBe('2');
      expect(await store.history('gnomes')).toHaveLength(2);
    });

    describe('tag, overtaken', () => {
      it('refuses a tag that is not where its mover expects it, and says who moved it', async () => {
        for (const i of [1, 2, 3]) await store.save('gnomes', sampleContent(i));
        await store.tag('gnomes@2', 'production', { expect: '1' });
        const late = place.open().tag('gnomes@3', 'production', { expect: '1' });
        const error = await late.then(undefined, (reason: FreezeframeError) => reason);
        expect(error).toMatchObject({ code: 'tag-moved', details: { expected: '1', found: '2' } });
        expect((error as FreezeframeError).message).toMatch(
          /Expected production of gnomes at version 1 .* 2, by .+@.+/,
        );
        await failsWith('tag-moved', store.tag('gnomes@3', 'staging', { expect: '1' }));
        await store.tag('gnomes@3', 'staging', { expect: null });
        expect((await store.resolve('gnomes')).version).toBe('2');
      });

      it('lets one of several win who move a tag at the same time', async () => {
        for (const i of [1, 2, 3, 4, 5]) await store.save('gnomes', sampleContent(i));
        const versions = ['2', '3', '4', '5'];
        const ended = await Promise.allSettled(
          versions.map((version) => place.open().tag(`gnomes@${version}`, 'production', { expect: '1' })),
        );
        const won = ended.filter(({ status }) => status === 'fulfilled');
        expect(won).toHaveLength(1);
        for (const one of ended) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'tag-moved' });
        expect((await store.history('gnomes')).map(({ to }) => to)).toEqual([(await store.resolve('gnomes')).version]);
      });
    });

    describe('rollback', () => {
      it('goes back one move, then one more, and says where there is none', async () => {
        for (const i of [1, 2, 3]) await store.save('gnomes', sampleContent(i));
        await failsWith('nothing-to-roll-back', store.rollback('gnomes', 'production'), /models tag/);
        await store.tag('gnomes@2', 'production');
        await store.tag('gnomes@3', 'production');
        expect(await store.rollback('gnomes', 'production')).toMatchObject({ from: '3', to: '2', rollback: true });
        expect(await place.open().rollback('gnomes', 'production')).toMatchObject({ from: '2', to: '1' });
        await failsWith('nothing-to-roll-back', store.rollback('gnomes', 'production'));
        await store.tag('gnomes@3', 'production');
        expect(await store.rollback('gnomes', 'production')).toMatchObject({ from: '3', to: '1' });
        expect((await store.resolve('gnomes')).version).toBe('1');
        expectLinear(await store.history('gnomes'), { production: '1' });
        await failsWith('model-not-found', store.rollback('gnoems', 'production'));
      });

      it('refuses a version that is gone', async () => {
        for (const i of [1, 2]) await store.save('gnomes', sampleContent(i));
        await store.tag('gnomes@2', 'production');
        await store.remove('gnomes@1');
        await failsWith('version-not-found', store.rollback('gnomes', 'production'));
        expect((await store.resolve('gnomes')).version).toBe('2');
      });
    });

    describe('prune', () => {
      const versions = async () => (await store.list()).models.map(({ version }) => version);

      it('keeps the newest, the tagged, and what a rollback leads to', async () => {
        for (let i = 1; i <= 8; i++) await store.save('gnomes', sampleContent(i));
        await store.save('digits', sampleContent(1));
        await store.tag('gnomes@3', 'production');
        await store.tag('gnomes@4', 'staging');
        await store.tag('gnomes@5', 'production');
        const options = { keep: 2, dryRun: true };
        const planned = await prune(store, options);
        expect(planned.removed.map(({ version }) => version)).toEqual(['1', '2', '6']);
        expect(await versions()).toHaveLength(9);
        expect(await prune(place.open(), { ...options, dryRun: false })).toMatchObject({
          removed: planned.removed,
          kept: 6,
        });
        expect(await versions()).toEqual(['1', '3', '4', '5', '7', '8']);
        expect(await store.rollback('gnomes', 'production')).toMatchObject({ to: '3' });
        expect((await prune(store, { keep: 2, dryRun: false })).removed).toEqual([{ name: 'gnomes', version: '5' }]);
      });

      it('of one name leaves the others alone', async () => {
        for (const name of ['gnomes', 'digits']) for (const i of [1, 2, 3]) await store.save(name, sampleContent(i));
        const { removed } = await prune(store, { name: 'digits', keep: 1, dryRun: false });
        expect(removed).toEqual([{ name: 'digits', version: '2' }]);
        expect(await versions()).toEqual(['1', '3', '1', '2', '3']);
        await failsWith('model-not-found', prune(store, { name: 'gnoems', keep: 1, dryRun: false }));
      });
    });
  });
}

/** Lets many move tags at once, each until it has moved one and was not overtaken. Answers the moves. */
export function moveAll(
  count: number,
  move: (index: number, attempt: number) => Promise<TagChange | undefined>,
): Promise<TagChange[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      for (let attempt = 1; ; attempt++) {
        try {
          const change = await move(index, attempt);
          if (change) return change;
        } catch (error) {
          if (!(error instanceof FreezeframeError && error.code === 'tag-moved')) throw error;
        }
        await wait(Math.random() * Math.min(2_000, 20 * 1.5 ** attempt));
      }
    }),
  );
}

/** Each move of a tag begins where the one before has ended. @param begin where tags were before the first */
export function expectLinear(history: readonly TagChange[], begin: Readonly<Record<string, string | null>>): void {
  const at = new Map(Object.entries(begin));
  for (const { tag, from, to } of history) {
    expect(from).toBe(at.get(tag) ?? null);
    at.set(tag, to);
  }
}
