import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FreezeframeError, type Manifest, type ManifestDraft, ModelError, parseManifest } from '@freezeframe/inference';
import type { TagChange } from '#functions/models';
import {
  claimFolder,
  hasCode,
  isStale,
  makeFolder,
  makeTemporaryFolder,
  namesIn,
  replaceFile,
  sweepTemporary,
  syncFolder,
  writeDurable,
} from '#system';
import { digestOf, sha256 } from './digest.ts';
import type { DamagedModel, ModelStore, StoredModel, TagOptions } from './model-store.ts';
import { isWhole, readModel, readVersion } from './read-version.ts';
import { checkName, checkTag, parseReference, type Reference } from './reference.ts';
import { noModel, selectVersion } from './select.ts';
import { DIGEST_LENGTH, type FolderShelf, HELD, isHeld, REMOVED, readShelf } from './shelf-folder.ts';
import { readChanges, retag } from './tag-log.ts';
import {
  dropTags,
  moveTag,
  pointers,
  type Retagging,
  refuseProduction,
  refuseTagged,
  undoMove,
  versionBefore,
} from './tags.ts';

/** A store in a folder, for one machine or a shared file system. Its layout: shelf-folder.ts. */
export class FolderStore implements ModelStore {
  readonly location: string;
  readonly #models: string;
  readonly #temporaries: string;

  constructor(root: string) {
    this.location = resolve(root);
    this.#models = join(this.location, 'models');
    // Inside the store: a rename cannot leave its file system.
    this.#temporaries = join(this.location, 'temporary');
  }

  async save(name: string, content: { manifest: ManifestDraft; model: Uint8Array }): Promise<StoredModel> {
    checkName(name);
    const files = { 'model.onnx': { sha256: sha256(content.model), bytes: content.model.byteLength } };
    const manifestOf = (version: number): Manifest =>
      parseManifest({ ...content.manifest, name, version: String(version), files });
    const digest = digestOf(manifestOf(1));
    return this.#writing(async () => {
      await this.#sweep(name);
      const known = await this.#find(name, digest);
      if (known !== undefined) return known;
      const claim = await makeTemporaryFolder(this.#temporaries);
      try {
        const version = join(claim, digest.slice(0, DIGEST_LENGTH));
        await mkdir(version);
        await writeDurable(join(version, 'model.onnx'), content.model);
        if (isHeld(content.manifest)) await writeDurable(join(claim, HELD), `${JSON.stringify({ held: true })}\n`);
        return await this.#claim(name, digest, claim, manifestOf);
      } finally {
        await rm(claim, { recursive: true, force: true });
      }
    });
  }

  /** Takes the next number for the folder `claim`, unless somebody saves the same content meanwhile. */
  async #claim(
    name: string,
    digest: string,
    claim: string,
    manifestOf: (version: number) => Manifest,
  ): Promise<StoredModel> {
    const version = join(claim, digest.slice(0, DIGEST_LENGTH));
    await makeFolder(join(this.#models, name));
    await syncFolder(this.#models);
    for (;;) {
      const number = (await this.#shelf(name)).highest + 1;
      // After the number was read: whoever saves the same content later takes a higher one, or finds ours.
      const known = await this.#find(name, digest);
      if (known !== undefined) return known;
      await writeDurable(join(version, 'manifest.json'), `${JSON.stringify(manifestOf(number), null, 2)}\n`);
      await syncFolder(version);
      await syncFolder(claim);
      if (await claimFolder(claim, join(this.#models, name, String(number)))) {
        return this.#read(await this.#shelf(name), String(number));
      }
    }
  }

  find(reference: string): Promise<StoredModel> {
    return this.resolve(reference);
  }

  async resolve(reference: string): Promise<StoredModel> {
    const parsed = parseReference(reference);
    const { shelf, version } = await this.#select(parsed);
    const model = await this.#read(shelf, version);
    const { wanted } = parsed;
    // The shelf holds the beginnings of digests only. Nothing has this whole one: let that be said.
    if (wanted.kind === 'digest' && !model.digest.startsWith(wanted.prefix)) {
      selectVersion(parsed, { ...shelf, versions: shelf.versions.map((one) => ({ ...one, digest: '-' })) });
    }
    return model;
  }

  async list(): Promise<{ models: StoredModel[]; damaged: DamagedModel[] }> {
    const models: StoredModel[] = [];
    const damaged: DamagedModel[] = [];
    for (const name of await this.#names()) {
      const shelf = await this.#shelf(name);
      for (const { version } of shelf.versions) {
        try {
          models.push(await this.#read(shelf, version));
        } catch (error) {
          if (!(error instanceof ModelError)) throw error;
          // A version that was removed since the shelf was read is not damaged but gone.
          if (isOn(await this.#shelf(name), version)) damaged.push({ name, version, error });
        }
      }
    }
    return { models, damaged };
  }

  async tag(reference: string, tag: string, options: TagOptions = {}): Promise<TagChange | undefined> {
    checkTag(tag);
    const { name, version } = await this.resolve(reference);
    return this.#move(name, tag, () => version, options);
  }

  async rollback(name: string, tag: string, options: TagOptions = {}): Promise<TagChange> {
    checkTag(tag);
    await this.#select({ name: checkName(name), wanted: { kind: 'tag', tag: 'latest' } });
    const before = async () => versionBefore(name, await this.history(name), tag);
    return (await this.#move(name, tag, before, options, true)) as TagChange;
  }

  async history(name: string): Promise<TagChange[]> {
    checkName(name);
    const changes = await readChanges(join(this.#models, name));
    if (changes.length === 0) await this.#select({ name, wanted: { kind: 'tag', tag: 'latest' } });
    return changes;
  }

  async #move(
    name: string,
    tag: string,
    target: () => string | Promise<string>,
    { expect }: TagOptions,
    rollback?: true,
  ): Promise<TagChange | undefined> {
    const seen = (await this.#shelf(name)).tags[tag] ?? null;
    const to = await target();
    await this.#select({ name, wanted: { kind: 'version', version: to } });
    return this.#writing(async () => {
      const done = await this.#retag(name, (shelf) => moveTag(shelf, { tag, to, seen, expect, rollback }));
      // Looked at after writing, as a removal looks at tags after it has marked the version: one of the two notices.
      const [change] = done?.changes ?? [];
      if (change && !isOn(await this.#shelf(name), to)) {
        await this.#retag(name, (shelf) => undoMove(shelf, change));
        await this.#select({ name, wanted: { kind: 'version', version: to } });
      }
      return change;
    });
  }

  #retag(name: string, decide: (shelf: FolderShelf) => Retagging | undefined): Promise<Retagging | undefined> {
    return retag(join(this.#models, name), this.#temporaries, () => this.#shelf(name), decide);
  }

  async remove(
    reference: string,
    { force = false, untagged = false }: { force?: boolean; untagged?: boolean } = {},
  ): Promise<{ name: string; version: string }> {
    // By its shelf alone: a damaged version can be removed too.
    const { shelf, version } = await this.#select(parseReference(reference));
    const { name } = shelf;
    const others = shelf.versions.filter((one) => one.version !== version);
    const mark = join(this.#models, name, version, REMOVED);
    const refuse = (now: FolderShelf) => {
      if (untagged) refuseTagged(now, version);
      if (!force) refuseProduction(now, version);
    };
    refuse(shelf);
    await this.#writing(async () => {
      // Before the version is marked: production then points at nothing, and does not move to another one by itself.
      const production = shelf.tags.production === version || others.length === 0;
      if (production) await this.#retag(name, (now) => dropTags(now, version));
      await replaceFile(mark, `${JSON.stringify({ removed: true })}\n`, {
        scratch: join(this.#temporaries, randomUUID()),
      });
      try {
        if (!production) refuse(await this.#shelf(name));
      } catch (error) {
        await rm(mark, { force: true });
        throw error;
      }
      await this.#retag(name, (now) => dropTags({ ...now, tags: pointers(now.pins) }, version));
      await this.#discard(name, version);
      await this.#sweep(name);
    });
    return { name, version };
  }

  async verify(reference: string): Promise<StoredModel> {
    const model = await this.resolve(reference);
    await readModel(model);
    return model;
  }

  async #select(reference: Reference): Promise<{ shelf: FolderShelf; version: string }> {
    const shelf = await this.#shelf(reference.name);
    if (shelf.versions.length === 0) throw noModel(reference.name, await this.#names());
    return { shelf, version: selectVersion(reference, shelf) };
  }

  #shelf(name: string): Promise<FolderShelf> {
    return readShelf(join(this.#models, name), name);
  }

  #read(shelf: FolderShelf, version: string): Promise<StoredModel> {
    return readVersion(join(this.#models, shelf.name), shelf, version);
  }

  /** The version that holds this content already. A damaged one does not: saving again is how to mend it. */
  async #find(name: string, digest: string): Promise<StoredModel | undefined> {
    const shelf = await this.#shelf(name);
    for (const { version, digest: short } of shelf.versions) {
      if (!digest.startsWith(short)) continue;
      const model = await this.#read(shelf, version).catch(() => undefined);
      // Its manifest has the digest, whatever has become of the file beside it.
      if (model?.digest === digest && (await isWhole(model))) return model;
    }
    return undefined;
  }

  /** Names with at least one version. */
  async #names(): Promise<string[]> {
    const names: string[] = [];
    for (const entry of await namesIn(this.#models)) {
      if ((await this.#shelf(entry)).versions.length > 0) names.push(entry);
    }
    return names;
  }

  /** Deletes the content of a version that is marked as removed: out of sight in one step, then file by file. */
  async #discard(name: string, version: string): Promise<void> {
    const numbered = join(this.#models, name, version);
    for (const entry of await namesIn(numbered)) {
      if (entry === REMOVED) continue;
      const bin = await makeTemporaryFolder(this.#temporaries);
      await rename(join(numbered, entry), join(bin, entry));
      await rm(bin, { recursive: true, force: true });
    }
  }

  async sweep(): Promise<number> {
    const before = (await namesIn(this.#temporaries)).length;
    if (before === 0) return 0;
    await this.#writing(async () => {
      for (const name of await this.#names()) await this.#sweep(name);
    });
    return before - (await namesIn(this.#temporaries)).length;
  }

  /** Finishes what processes that died have begun. */
  async #sweep(name: string): Promise<void> {
    await sweepTemporary(this.#temporaries);
    for (const version of (await this.#shelf(name)).halfRemoved) {
      if (await isStale(join(this.#models, name, version, REMOVED))) await this.#discard(name, version);
    }
  }

  /** Runs something that writes, and gives a full or forbidden disk its remedy. */
  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (!hasCode(cause, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST')) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new FreezeframeError('store-not-writable', `The store at ${this.location} cannot be written: ${reason}`, {
        remedy: 'Make room or give the rights, or set FREEZEFRAME_STORE to a folder that can be written.',
        cause,
      });
    }
  }
}

function isOn(shelf: FolderShelf, version: string): boolean {
  return shelf.versions.some((one) => one.version === version);
}
