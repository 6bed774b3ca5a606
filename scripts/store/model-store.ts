import type { Manifest, ManifestDraft } from '@freezeframe/inference';
import type { TagChange } from '#functions/models';

/** One version of one model. It never changes; only the tags that point at it do. */
export interface ModelVersion {
  readonly name: string;
  /** Decimal, counted from "1" for each name; never given twice, not even after a removal. */
  readonly version: string;
  /** sha256 in hex over what was saved: the manifest without name and version, in which the model file's sha256 stands. */
  readonly digest: string;
  /** Every tag that points here, `latest` and `production` included; sorted. */
  readonly tags: readonly string[];
  readonly manifest: Manifest;
  /** When, as ISO 8601. A manifest holds no time: the same content is the same version, whenever it is made. */
  readonly saved: string;
}

/** A version whose files are on this machine. */
export interface StoredModel extends ModelVersion {
  /** Absolute; holds `model.onnx` and `manifest.json`. */
  readonly folder: string;
}

/** A version that is listed and cannot be read, for example after a hand has edited its manifest. */
export interface DamagedModel {
  readonly name: string;
  readonly version: string;
  readonly error: Error;
}

export interface Listing {
  /** By name, then by number. */
  readonly models: readonly ModelVersion[];
  readonly damaged: readonly DamagedModel[];
}

export interface TagOptions {
  /** Where the tag must be by now, null for nowhere; left out: where it is when this begins. */
  readonly expect?: string | null;
}

/**
 * Keeps frozen models. A reference is `NAME` (what `production` points at), `NAME@3`, `NAME@latest`, `NAME@TAG`, or
 * `NAME@DIGEST` (the first seven or more characters of a digest).
 *
 * Every method throws `FreezeframeError` with one of these codes: `name-not-valid`, `tag-not-valid`,
 * `reference-not-valid` (the words are wrong); `model-not-found`, `version-not-found`, `tag-not-found` (no such thing);
 * `digest-ambiguous`; `model-damaged`; `production-version`, `version-tagged` (removal refused); `tag-moved` (by somebody
 * else, meanwhile); `nothing-to-roll-back`; `store-not-writable`. One in S3 also with those of s3/errors.ts.
 */
export interface ModelStore {
  /** Where it is, for messages. */
  readonly location: string;
  /**
   * Saves one more version and answers it; content that the name already has is answered, not saved again. All or
   * nothing: a process that dies in the middle leaves no trace that a reader can see. The first version is `production`,
   * but for one that is held (a model that is not better than one answer to everything, as its manifest's metrics say):
   * then no version is until one comes that is not held, or a person gives the tag.
   */
  save(name: string, content: { manifest: ManifestDraft; model: Uint8Array }): Promise<StoredModel>;
  /** The version that is meant. No model file is fetched or read for it. */
  find(reference: string): Promise<ModelVersion>;
  /** As `find`, with its files on this machine. What was fetched is verified. */
  resolve(reference: string): Promise<StoredModel>;
  list(): Promise<Listing>;
  /**
   * Moves a tag to the version. `latest` moves by itself and cannot be moved. Of two people who move one tag at once, one
   * wins and the other is refused by `tag-moved`. Answers the change, or undefined where the tag is there already.
   */
  tag(reference: string, tag: string, options?: TagOptions): Promise<TagChange | undefined>;
  /** Moves a tag back to where it was before; again, and it goes back one move more. */
  rollback(name: string, tag: string, options?: TagOptions): Promise<TagChange>;
  /** Every move of every tag of a name, the oldest first: one line, in which each move begins where the one before ended. */
  history(name: string): Promise<readonly TagChange[]>;
  /**
   * Removes one version, and the tags at it. Refuses production's version while there are others, unless forced: then
   * the name has no production version until one is tagged. Answers which version the reference meant.
   * @param options.untagged refuses a version that has any tag
   */
  remove(
    reference: string,
    options?: { force?: boolean; untagged?: boolean },
  ): Promise<{ name: string; version: string }>;
  /** Reads the version's files and compares them with the manifest's sha256 and bytes. Throws `model-damaged`. */
  verify(reference: string): Promise<StoredModel>;
  /** Removes what interrupted writers have left and nobody can see; nothing younger than a day. Answers how much it was. */
  sweep(): Promise<number>;
}
