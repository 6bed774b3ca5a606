import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError, type Manifest, type ManifestDraft, ModelError, parseManifest } from '@freezeframe/inference';
import { inParallel } from '#functions';
import { type Head, keysOf, parseS3Place, type TagChange, versionsOf } from '#functions/models';
import { digestOf, sha256 } from '../digest.ts';
import type { DamagedModel, Listing, ModelStore, ModelVersion, StoredModel, TagOptions } from '../model-store.ts';
import { damaged, readVerified } from '../read-version.ts';
import { checkName, checkTag, parseReference, type Reference } from '../reference.ts';
import { noModel, selectVersion } from '../select.ts';
import { DIGEST_LENGTH, isHeld } from '../shelf-folder.ts';
import { dropTags, moveTag, type Retagging, refuseProduction, refuseTagged, versionBefore } from '../tags.ts';
import { Cache } from './cache.ts';
import { Heads, shelfOf } from './heads.ts';
import { Objects } from './objects.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Manifests that are asked for at once. */
const AT_ONCE = 16;

/** A store in a bucket, for many machines. Its layout: functions/shared/models/head.ts. */
export class S3Store implements ModelStore {
  readonly location: string;
  readonly #objects: Objects;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #heads: Heads;
  readonly #cache: Cache;

  /** @param cache a folder for what was fetched. @throws FreezeframeError `store-not-valid`. */
  constructor(place: string, cache: string) {
    const parsed = parseS3Place(place);
    this.#objects = new Objects(parsed);
    this.location = this.#objects.location;
    this.#keys = keysOf(parsed.prefix);
    this.#heads = new Heads(this.#objects, this.#keys);
    this.#cache = new Cache(cache);
  }

  async save(name: string, content: { manifest: ManifestDraft; model: Uint8Array }): Promise<StoredModel> {
    checkName(name);
    const files = { 'model.onnx': { sha256: sha256(content.model), bytes: content.model.byteLength } };
    const draft = { ...content.manifest, files };
    const digest = digestOf(parseManifest({ ...draft, name, version: '1' }));
    await this.#prepare();
    const known = await this.#known(name, (await this.#heads.read(name)).head, digest);
    if (known) return this.#keep(known, content.model);
    const folder = `${digest.slice(0, DIGEST_LENGTH)}-${randomBytes(4).toString('hex')}`;
    const [model, manifest] = ['model.onnx', 'manifest.json'].map((file) => this.#keys.file(name, folder, file));
    let saved: ModelVersion | undefined;
    try {
      await this.#objects.upload(model as string, content.model);
      await this.#objects.write(manifest as string, `${JSON.stringify(draft, null, 2)}\n`, { absent: true });
      const head = await this.#heads.change(name, async (now) => {
        saved = await this.#known(name, now, digest);
        if (saved) return undefined;
        const number = now.highest + 1;
        const held = isHeld(content.manifest) ? { held: true as const } : {};
        return {
          ...now,
          highest: number,
          versions: { ...now.versions, [number]: { digest, content: folder, ...held } },
        };
      });
      const number = head && versionsOf(head).find((one) => one.content === folder)?.version;
      if (head && number) return await this.#keep(await this.#read(name, head, number), content.model);
      return await this.#keep(saved as ModelVersion, content.model);
    } catch (error) {
      // Only what nobody can see: a head that was written although it was not answered keeps its version.
      const { head } = await this.#heads.read(name).catch(() => ({ head: undefined }));
      if (head && !versionsOf(head).some((one) => one.content === folder)) await this.#forget([model, manifest]);
      throw error;
    } finally {
      if (saved) await this.#forget([model, manifest]);
    }
  }

  async find(reference: string): Promise<ModelVersion> {
    const { name, head, version } = await this.#select(parseReference(reference));
    try {
      return await this.#read(name, head, version);
    } catch (error) {
      // Removed since its head was read: then that is what is to be said.
      if (error instanceof ModelError) await this.#select({ name, wanted: { kind: 'version', version } });
      throw error;
    }
  }

  async resolve(reference: string): Promise<StoredModel> {
    const model = await this.find(reference);
    return this.#cache.take(model, (file) => this.#fetch(model, file));
  }

  async list(): Promise<Listing> {
    const models: ModelVersion[] = [];
    const broken: DamagedModel[] = [];
    for (const name of await this.#names()) {
      const { head } = await this.#heads.read(name);
      const versions = versionsOf(head).map(({ version }) => version);
      const found = await inParallel<string, ModelVersion | DamagedModel | undefined>(versions, AT_ONCE, (version) =>
        this.#read(name, head, version).catch(async (error: unknown) => {
          if (!(error instanceof ModelError)) throw error;
          // A version that was removed meanwhile is not damaged but gone.
          return (await this.#heads.read(name)).head.versions[version] && { name, version, error };
        }),
      );
      for (const one of found) if (one) 'error' in one ? broken.push(one) : models.push(one);
    }
    return { models, damaged: broken };
  }

  async tag(reference: string, tag: string, options: TagOptions = {}): Promise<TagChange | undefined> {
    checkTag(tag);
    const { name, head, version } = await this.#select(parseReference(reference));
    await this.#read(name, head, version);
    return this.#move(name, head, tag, version, options);
  }

  async rollback(name: string, tag: string, options: TagOptions = {}): Promise<TagChange> {
    checkTag(tag);
    const { head } = await this.#select({ name: checkName(name), wanted: { kind: 'tag', tag: 'latest' } });
    const version = versionBefore(name, await this.#heads.history(name), tag);
    return (await this.#move(name, head, tag, version, options, true)) as TagChange;
  }

  async history(name: string): Promise<TagChange[]> {
    const changes = await this.#heads.history(checkName(name));
    if (changes.length === 0) await this.#select({ name, wanted: { kind: 'tag', tag: 'latest' } });
    return changes;
  }

  async remove(
    reference: string,
    { force = false, untagged = false }: { force?: boolean; untagged?: boolean } = {},
  ): Promise<{ name: string; version: string }> {
    const { name, head, version } = await this.#select(parseReference(reference));
    const content = head.versions[version]?.content as string;
    await this.#heads.change(name, (now) => {
      // Somebody else has removed it, or our own write was not answered.
      if (now.versions[version]?.content !== content) return undefined;
      const shelf = shelfOf(name, now);
      if (untagged) refuseTagged(shelf, version);
      if (!force) refuseProduction(shelf, version);
      const { [version]: _removed, ...versions } = now.versions;
      return { ...retagged(now, dropTags(shelf, version)), versions };
    });
    await this.#forget(['manifest.json', 'model.onnx'].map((file) => this.#keys.file(name, content, file)));
    return { name, version };
  }

  async verify(reference: string): Promise<StoredModel> {
    await this.#verify(await this.find(reference));
    return this.resolve(reference);
  }

  async sweep(): Promise<number> {
    const before = new Date(Date.now() - DAY_MS);
    let removed = await this.#objects.abortUploads(this.#keys.models, before);
    for (const name of await this.#objects.folders(this.#keys.models)) {
      // Listed before the head is read: what is saved meanwhile is younger than a day, or on the head.
      const objects = await this.#objects.list(this.#keys.contents(name));
      const used = new Set(versionsOf((await this.#heads.read(name)).head).map(({ content }) => content));
      const contentOf = (key: string) => key.slice(this.#keys.contents(name).length).split('/')[0] ?? '';
      const old = objects.filter(({ key, written }) => written < before && !used.has(contentOf(key)));
      await this.#objects.remove(old.map(({ key }) => key));
      removed += new Set(old.map(({ key }) => contentOf(key))).size;
    }
    return removed;
  }

  async #move(
    name: string,
    before: Head,
    tag: string,
    to: string,
    { expect }: TagOptions,
    rollback?: true,
  ): Promise<TagChange | undefined> {
    const seen = shelfOf(name, before).tags[tag] ?? null;
    let change: TagChange | undefined;
    await this.#heads.change(name, (now) => {
      const shelf = shelfOf(name, now);
      selectVersion({ name, wanted: { kind: 'version', version: to } }, shelf);
      const done = moveTag(shelf, { tag, to, seen, expect, rollback });
      change = done?.changes[0];
      return done && retagged(now, done);
    });
    return change;
  }

  async #select(reference: Reference): Promise<{ name: string; head: Head; version: string }> {
    const { name } = reference;
    const { head } = await this.#heads.read(name);
    const shelf = shelfOf(name, head);
    if (shelf.versions.length === 0) throw noModel(name, await this.#names());
    return { name, head, version: selectVersion(reference, shelf) };
  }

  /** Names with at least one version. */
  async #names(): Promise<string[]> {
    const names: string[] = [];
    for (const name of await this.#objects.folders(this.#keys.models)) {
      if (versionsOf((await this.#heads.read(name)).head).length > 0) names.push(name);
    }
    return names.sort();
  }

  /** Reads a version's manifest. @throws ModelError `model-damaged`. */
  async #read(name: string, head: Head, version: string): Promise<ModelVersion> {
    const { digest = '', content = '' } = head.versions[version] ?? {};
    const found = await this.#objects.read(this.#keys.file(name, content, 'manifest.json'));
    if (!found) throw damaged(name, version, 'it has no manifest');
    let manifest: Manifest;
    let json: Record<string, unknown>;
    try {
      json = { ...(JSON.parse(new TextDecoder().decode(found.bytes)) as object), name, version };
      manifest = parseManifest(json);
    } catch (cause) {
      throw damaged(name, version, cause instanceof Error ? cause.message : String(cause), { cause });
    }
    if (digestOf(json) !== digest) throw damaged(name, version, 'its manifest is not the one that was saved');
    const { tags } = shelfOf(name, head);
    const here = Object.keys(tags).filter((tag) => tags[tag] === version);
    return { name, version, digest, tags: here.sort(), manifest, saved: found.written.toISOString() };
  }

  /** The version that holds this content already. A damaged one does not: saving again is how to mend it. */
  async #known(name: string, head: Head, digest: string): Promise<ModelVersion | undefined> {
    for (const { version } of versionsOf(head).filter((one) => one.digest === digest)) {
      try {
        const model = await this.#read(name, head, version);
        await this.#verify(model);
        return model;
      } catch (error) {
        // What only could not be asked for is not damaged: the content would be saved twice.
        if (!(error instanceof ModelError)) throw error;
      }
    }
    return undefined;
  }

  /** Fetches a version's model file to compare it with its manifest. @throws ModelError `model-damaged`. */
  async #verify(model: ModelVersion): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'freezeframe-verify-'));
    try {
      await this.#fetch(model, join(folder, 'model.onnx'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Fetches and verifies a version's model file. @throws ModelError `model-damaged`. */
  async #fetch(model: ModelVersion, file: string): Promise<void> {
    const { name, version, manifest } = model;
    const content = (await this.#heads.read(name)).head.versions[version]?.content ?? '';
    const { bytes } = manifest.files['model.onnx'];
    const whole = await this.#objects.fetch(this.#keys.file(name, content, 'model.onnx'), bytes, file);
    if (!whole) throw damaged(name, version, 'model.onnx is not there, or not whole');
    await readVerified(model, file);
  }

  #keep(model: ModelVersion, bytes: Uint8Array): Promise<StoredModel> {
    return this.#cache.take(model, (file) => writeFile(file, bytes));
  }

  async #forget(keys: readonly (string | undefined)[]): Promise<void> {
    await this.#objects.remove(keys.filter((key) => key !== undefined));
  }

  /**
   * Says what the store is, once, and tries whether conditional writes are kept: without them one of two writers is lost.
   * @throws FreezeframeError `store-not-conditional`
   */
  async #prepare(): Promise<void> {
    const { store } = this.#keys;
    const text = `${JSON.stringify({ freezeframe: 'models', formatVersion: 1, id: randomUUID() })}\n`;
    const found = await this.#objects.read(store);
    if (found) return;
    await this.#objects.write(store, text, { absent: true });
    const twice = await this.#objects.write(store, text, { absent: true });
    if (!twice && !(await this.#objects.write(store, text, { eTag: '"00000000000000000000000000000000"' }))) return;
    await this.#objects.remove([store]);
    throw new FreezeframeError('store-not-conditional', `${this.location} ignores conditions of writes`, {
      remedy: 'Use S3 itself, or a server that keeps If-Match and If-None-Match of PutObject.',
    });
  }
}

function retagged(head: Head, done: Retagging | undefined): Head {
  return done ? { ...head, tags: done.pins, history: [...head.history, ...done.changes] } : head;
}
