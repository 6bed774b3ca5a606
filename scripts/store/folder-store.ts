import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FreezeframeError, type Manifest, type ManifestDraft, ModelError, parseManifest } from '@freezeframe/inference';
import {
  claimFolder,
  hasCode,
  isStale,
  makeTemporaryFolder,
  namesIn,
  replaceFile,
  sweepTemporary,
  syncFolder,
  writeDurable,
} from '#system';
import { digestOf, sha256 } from './digest.ts';
import type { DamagedModel, Listing, ModelStore, StoredModel } from './model-store.ts';
import { readVersion, verifyFiles } from './read-version.ts';
import { checkName, checkTag, parseReference, type Reference } from './reference.ts';
import { noModel, selectVersion } from './select.ts';
import { DIGEST_LENGTH, type FolderShelf, HELD, isHeld, REMOVED, readShelf, readTag, TAGS } from './shelf-folder.ts';

/** Where the store is unless told otherwise: `FREEZEFRAME_STORE`, or `.freezeframe` in the folder one works in. */
export function defaultStore(): string {
  return process.env.FREEZEFRAME_STORE || '.freezeframe';
}

/** Opens a store. Makes nothing on disk until something is saved. */
export function openStore(root: string = defaultStore()): ModelStore {
  return new FolderStore(root);
}

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
    await mkdir(join(this.#models, name), { recursive: true });
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

  async list(): Promise<Listing> {
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

  async tag(reference: string, tag: string): Promise<void> {
    checkTag(tag);
    const { name, version } = await this.resolve(reference);
    await this.#writing(async () => {
      const before = await readTag(join(this.#models, name), tag);
      await this.#setTag(name, tag, version);
      // Looked at after writing, as a removal looks at tags after it has marked the version: one of the two notices.
      if (isOn(await this.#shelf(name), version)) return;
      if (before === undefined) await rm(join(this.#models, name, TAGS, tag), { force: true });
      else await this.#setTag(name, tag, before);
    });
    await this.#select({ name, wanted: { kind: 'version', version } });
  }

  async remove(
    reference: string,
    { force = false }: { force?: boolean } = {},
  ): Promise<{ name: string; version: string }> {
    // By its shelf alone: a damaged version can be removed too.
    const { shelf, version } = await this.#select(parseReference(reference));
    const { name } = shelf;
    const others = shelf.versions.filter((one) => one.version !== version);
    const production = shelf.tags.production === version;
    const mark = join(this.#models, name, version, REMOVED);
    const refuse = () => productionVersion(name, version, others.at(-1)?.version ?? '');
    if (production && others.length > 0 && !force) throw refuse();
    await this.#writing(async () => {
      // Written down, production keeps pointing here, at nothing soon, instead of moving to another version by itself.
      if (production && others.length > 0) await this.#setTag(name, 'production', version);
      // The last version takes every tag along: the name starts anew with its next one.
      if (others.length === 0) await rm(join(this.#models, name, TAGS), { recursive: true, force: true });
      await replaceFile(mark, `${JSON.stringify({ removed: true })}\n`, {
        scratch: join(this.#temporaries, randomUUID()),
      });
      if (!production && !force && (await readTag(join(this.#models, name), 'production')) === version) {
        await rm(mark, { force: true });
        throw refuse();
      }
      await this.#discard(name, version);
      await this.#sweep(name);
    });
    return { name, version };
  }

  async verify(reference: string): Promise<StoredModel> {
    const model = await this.resolve(reference);
    await verifyFiles(model);
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
      if (model?.digest === digest) return model;
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

  async #setTag(name: string, tag: string, version: string): Promise<void> {
    const folder = join(this.#models, name, TAGS);
    await mkdir(folder, { recursive: true });
    await replaceFile(join(folder, tag), `${version}\n`, { scratch: join(this.#temporaries, randomUUID()) });
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

function productionVersion(name: string, version: string, other: string): FreezeframeError {
  return new FreezeframeError('production-version', `Version ${version} of ${name} is in production`, {
    remedy: `First give production to another one: freezeframe models tag ${name}@${other} production. Or add --force.`,
    details: { name, version },
  });
}
