import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { FreezeframeError, parseManifest } from '@freezeframe/inference';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../scripts/store/digest.ts';
import type { ModelStore, StoredModel } from '../../../scripts/store/model-store.ts';
import { sampleContent, sampleDraft, sampleModel } from './sample.ts';

/** One empty place that keeps models, and how to come to it twice. */
export interface StorePlace {
  /** A new client of the same place each time, as another process would have it. */
  open(): ModelStore;
  /** Changes a byte of one file of a version behind the store's back. */
  damage(model: StoredModel, file: 'model.onnx' | 'manifest.json'): Promise<void>;
}

/** What every implementation of `ModelStore` must do. */
export function storeContract(label: string, makePlace: () => Promise<StorePlace>): void {
  describe(`store contract: ${label}`, () => {
    let place: StorePlace;
    let store: ModelStore;
    beforeEach(async () => {
      place = await makePlace();
      store = place.open();
    });

    describe('save', () => {
      it('answers a version whose folder holds what was given', async () => {
        const model = sampleModel('one');
        const saved = await store.save('gnomes', { manifest: sampleDraft(), model });
        expect(saved).toMatchObject({ name: 'gnomes', version: '1', tags: ['latest', 'production'] });
        expect(isAbsolute(saved.folder)).toBe(true);
        expect(new Uint8Array(await readFile(join(saved.folder, 'model.onnx')))).toEqual(model);
        const manifest = parseManifest(JSON.parse(await readFile(join(saved.folder, 'manifest.json'), 'utf8')));
        expect(manifest).toEqual(saved.manifest);
        expect(manifest).toEqual({
          ...sampleDraft(),
          name: 'gnomes',
          version: '1',
          files: { 'model.onnx': { sha256: sha256(model), bytes: model.byteLength } },
        });
      });

      it('counts up, for each name on its own', async () => {
        expect((await store.save('gnomes', sampleContent(1))).version).toBe('1');
        expect((await store.save('gnomes', sampleContent(2))).version).toBe('2');
        expect((await store.save('digits', sampleContent(1))).version).toBe('1');
      });

      it('answers the existing version for content that is there already, in any order of keys', async () => {
        const first = await store.save('gnomes', sampleContent(1));
        await store.save('gnomes', sampleContent(2));
        const reversed = Object.fromEntries(Object.entries(sampleDraft()).reverse()) as ReturnType<typeof sampleDraft>;
        const again = await place.open().save('gnomes', { manifest: reversed, model: sampleModel(1) });
        expect(again).toMatchObject({ version: '1', digest: first.digest, tags: ['production'] });
        expect((await store.list()).models).toHaveLength(2);
      });

      it('makes another version for another manifest around the same file', async () => {
        const one = await store.save('gnomes', sampleContent(1));
        const other = await store.save('gnomes', {
          manifest: sampleDraft({ metrics: { accuracy: 0.75 } }),
          model: sampleModel(1),
        });
        expect(other.version).toBe('2');
        expect(other.digest).not.toBe(one.digest);
      });

      it('gives the same digest to the same content under two names', async () => {
        const [a, b] = [await store.save('a', sampleContent(1)), await store.save('b', sampleContent(1))];
        expect(a.digest).toBe(b.digest);
        expect(a.digest).toMatch(/^[0-9a-f]{64}$/);
      });

      it('gives savers at the same time different numbers, and loses none', async () => {
        const clients = [place.open(), place.open(), place.open()];
        const saved = await Promise.all(
          clients.flatMap((client, c) => [0, 1, 2, 3].map((i) => client.save('gnomes', sampleContent(`${c}-${i}`)))),
        );
        const numbers = saved.map(({ version }) => Number(version)).sort((a, b) => a - b);
        expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        const listed = (await store.list()).models;
        expect(new Set(listed.map(({ digest }) => digest))).toEqual(new Set(saved.map(({ digest }) => digest)));
      });

      it('gives savers of the same content at the same time one version', async () => {
        const saved = await Promise.all([1, 2, 3, 4, 5].map(() => place.open().save('gnomes', sampleContent('same'))));
        expect(new Set(saved.map(({ version }) => version))).toEqual(new Set(['1']));
        expect((await store.list()).models).toHaveLength(1);
      });

      it('refuses a bad name and a bad manifest, and saves nothing', async () => {
        await failsWith('name-not-valid', store.save('../up', sampleContent(1)));
        const wrong = { ...sampleDraft(), precision: 'float64' } as unknown as ReturnType<typeof sampleDraft>;
        await failsWith('manifest-invalid', store.save('gnomes', { manifest: wrong, model: sampleModel(1) }));
        await failsWith('manifest-invalid', store.save('gnomes', { manifest: sampleDraft(), model: new Uint8Array() }));
        expect(await store.list()).toEqual({ models: [], damaged: [] });
      });
    });

    describe('save, held', () => {
      const metrics = { constant: { answer: 'gnome', accuracy: 0.5, verdict: 'not-better' } };
      const held = (seed: number) => ({ manifest: sampleDraft({ metrics }), model: sampleModel(seed) });

      it('keeps production away from a first version, until another one comes', async () => {
        expect((await store.save('gnomes', held(1))).tags).toEqual(['latest']);
        await failsWith('tag-not-found', store.resolve('gnomes'), /models tag gnomes@1 production/);
        await store.save('gnomes', held(2));
        expect((await place.open().save('gnomes', sampleContent(3))).tags).toEqual(['latest', 'production']);
        await store.save('gnomes', held(4));
        expect((await store.resolve('gnomes')).version).toBe('3');
      });

      it('lets a person give it production, and be removed', async () => {
        await store.save('gnomes', held(1));
        await store.save('gnomes', held(2));
        await store.tag('gnomes@1', 'production');
        expect((await place.open().resolve('gnomes')).version).toBe('1');
        await store.remove('gnomes@1', { force: true });
        await store.remove('gnomes@2');
        expect(await store.list()).toEqual({ models: [], damaged: [] });
        expect((await store.save('gnomes', sampleContent(1))).tags).toEqual(['latest', 'production']);
      });
    });

    describe('resolve', () => {
      it('takes a name, a number, a tag and a digest', async () => {
        const first = await store.save('gnomes', sampleContent(1));
        const second = await store.save('gnomes', sampleContent(2));
        await store.tag('gnomes@2', 'staging');
        const versions = async (...references: string[]) => {
          const found = [];
          for (const reference of references) found.push((await place.open().resolve(reference)).version);
          return found;
        };
        expect(await versions('gnomes', 'gnomes@1', 'gnomes@production')).toEqual(['1', '1', '1']);
        expect(await versions('gnomes@2', 'gnomes@latest', 'gnomes@staging')).toEqual(['2', '2', '2']);
        expect(await versions(`gnomes@sha256:${first.digest.slice(0, 8)}`)).toEqual(['1']);
        expect(await versions(`gnomes@sha256:${second.digest}`)).toEqual(['2']);
      });

      it('says what there is where there is no such thing', async () => {
        await failsWith('model-not-found', store.resolve('gnomes'), /store is empty/);
        const saved = await store.save('gnomes', sampleContent(1));
        await failsWith('model-not-found', store.resolve('gnoems'), /Did you mean gnomes\?/);
        await failsWith('version-not-found', store.resolve('gnomes@2'), /version 1/);
        await failsWith('tag-not-found', store.resolve('gnomes@staging'), /models tag gnomes@1 staging/);
        await failsWith('tag-not-found', store.resolve('gnomes@producton'), /Did you mean production\?/);
        const wrongEnd = saved.digest.slice(0, 20) + (saved.digest[20] === '0' ? '1' : '0');
        await failsWith('version-not-found', store.resolve(`gnomes@sha256:${wrongEnd}`));
        await failsWith('reference-not-valid', store.resolve('gnomes@'));
        await failsWith('name-not-valid', store.resolve('@3'));
      });
    });

    describe('list', () => {
      it('is empty at first, then sorted by name and number', async () => {
        expect(await store.list()).toEqual({ models: [], damaged: [] });
        for (let i = 1; i <= 11; i++) await store.save('gnomes', sampleContent(i));
        await store.save('digits', sampleContent(1));
        const { models } = await store.list();
        expect(models.map(({ name, version }) => `${name}@${version}`)).toEqual([
          'digits@1',
          ...Array.from({ length: 11 }, (_, i) => `gnomes@${i + 1}`),
        ]);
      });
    });

    describe('tag', () => {
      it('moves production only when told to; latest moves by itself', async () => {
        await store.save('gnomes', sampleContent(1));
        await store.save('gnomes', sampleContent(2));
        await store.tag('gnomes@latest', 'production');
        await place.open().save('gnomes', sampleContent(3));
        expect((await store.resolve('gnomes')).version).toBe('2');
        expect((await store.resolve('gnomes@latest')).version).toBe('3');
        expect((await store.list()).models.map(({ tags }) => tags)).toEqual([[], ['production'], ['latest']]);
      });

      it('refuses latest, numbers, digests and paths as tags, and versions that are not there', async () => {
        await store.save('gnomes', sampleContent(1));
        for (const tag of ['latest', '3', 'abcdef01', '../production', '', 'Staging', 'a'.repeat(65)]) {
          await failsWith('tag-not-valid', store.tag('gnomes', tag));
        }
        await failsWith('version-not-found', store.tag('gnomes@7', 'staging'));
        expect((await store.resolve('gnomes')).tags).toEqual(['latest', 'production']);
      });

      it('keeps every tag that is set at the same time', async () => {
        await store.save('gnomes', sampleContent(1));
        const tags = ['a', 'b', 'c', 'd', 'e', 'f'];
        await Promise.all(tags.map((tag) => place.open().tag('gnomes@1', tag)));
        expect((await store.resolve('gnomes')).tags).toEqual([...tags, 'latest', 'production']);
      });
    });

    describe('find', () => {
      it('answers as resolve does', async () => {
        const saved = await store.save('gnomes', sampleContent(1));
        const { folder: _, ...version } = saved;
        expect(await place.open().find('gnomes')).toMatchObject(version);
        await failsWith('version-not-found', store.find('gnomes@2'));
      });
    });

    describe('remove', () => {
      it('takes the version and its tags away and never gives its number again', async () => {
        for (const i of [1, 2, 3]) await store.save('gnomes', sampleContent(i));
        await store.tag('gnomes@3', 'staging');
        expect(await store.remove('gnomes@latest')).toEqual({ name: 'gnomes', version: '3' });
        await failsWith('version-not-found', store.resolve('gnomes@3'));
        await failsWith('tag-not-found', store.resolve('gnomes@staging'));
        expect((await store.resolve('gnomes@latest')).version).toBe('2');
        // The same content again is a new version: what was removed stays removed.
        expect((await place.open().save('gnomes', sampleContent(3))).version).toBe('4');
      });

      it('refuses production while there are others, and leaves it as it was', async () => {
        await store.save('gnomes', sampleContent(1));
        await store.save('gnomes', sampleContent(2));
        await failsWith('production-version', store.remove('gnomes'), /models tag gnomes@2 production/);
        expect((await store.resolve('gnomes')).version).toBe('1');
        await store.tag('gnomes@2', 'production');
        await failsWith('production-version', store.remove('gnomes@2'));
        await store.remove('gnomes@1');
        expect((await store.resolve('gnomes')).version).toBe('2');
      });

      it.each(['set by rule', 'set by tag'])('forced, leaves no version in production (%s)', async (how) => {
        for (const i of [1, 2, 3]) await store.save('gnomes', sampleContent(i));
        if (how === 'set by tag') await store.tag('gnomes@1', 'production');
        await store.remove('gnomes@1', { force: true });
        await failsWith('tag-not-found', store.resolve('gnomes'), /models tag gnomes@3 production/);
        await store.save('gnomes', sampleContent(4));
        await failsWith('tag-not-found', store.resolve('gnomes'));
        await store.tag('gnomes@2', 'production');
        expect((await store.resolve('gnomes')).version).toBe('2');
      });

      it('of untagged versions alone spares what any tag points at', async () => {
        for (const i of [1, 2, 3, 4]) await store.save('gnomes', sampleContent(i));
        await store.tag('gnomes@2', 'staging');
        for (const version of ['1', '2', '4']) {
          await failsWith('version-tagged', store.remove(`gnomes@${version}`, { untagged: true }));
        }
        await store.remove('gnomes@3', { untagged: true });
        expect((await store.list()).models.map(({ version }) => version)).toEqual(['1', '2', '4']);
      });

      it('of the only version ends the name, which begins anew with its next version', async () => {
        await store.save('gnomes', sampleContent(1));
        await store.tag('gnomes', 'production');
        await store.tag('gnomes', 'staging');
        await store.remove('gnomes');
        await failsWith('model-not-found', store.resolve('gnomes'));
        expect(await store.list()).toEqual({ models: [], damaged: [] });
        expect(await store.save('gnomes', sampleContent(2))).toMatchObject({
          version: '2',
          tags: ['latest', 'production'],
        });
      });
    });

    describe('damage', () => {
      it('of a model file is found by verify', async () => {
        const saved = await store.save('gnomes', sampleContent(1));
        expect(await store.verify('gnomes')).toEqual(saved);
        await place.damage(saved, 'model.onnx');
        await failsWith('model-damaged', store.verify('gnomes'), /models remove gnomes@1/);
      });

      it('of a model file is mended by saving the same content again, once', async () => {
        await place.damage(await store.save('gnomes', sampleContent(1)), 'model.onnx');
        const again = await store.save('gnomes', sampleContent(1));
        expect(again.version).toBe('2');
        expect(await store.verify('gnomes@2')).toMatchObject({ digest: again.digest });
        expect((await place.open().save('gnomes', sampleContent(1))).version).toBe('2');
      });

      it('of a manifest is found by every read, hides nothing else, and can be removed or mended', async () => {
        const saved = await store.save('gnomes', sampleContent(1));
        await store.save('gnomes', sampleContent(2));
        await place.damage(saved, 'manifest.json');
        await failsWith('model-damaged', store.resolve('gnomes@1'));
        const { models, damaged } = await store.list();
        expect(models.map(({ version }) => version)).toEqual(['2']);
        expect(damaged).toMatchObject([{ name: 'gnomes', version: '1', error: { code: 'model-damaged' } }]);
        expect((await store.save('gnomes', sampleContent(1))).version).toBe('3');
        await store.tag('gnomes@3', 'production');
        await store.remove('gnomes@1');
        expect((await store.list()).damaged).toEqual([]);
      });
    });
  });
}

/** Fails unless the promise is rejected with this code and, where given, a remedy that says this. */
export async function failsWith(code: string, promise: Promise<unknown>, remedy = /./): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FreezeframeError);
  const { code: received, remedy: said } = error as FreezeframeError;
  expect(received).toBe(code);
  expect(said).toMatch(remedy);
}
