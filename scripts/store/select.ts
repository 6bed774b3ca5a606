import { FreezeframeError, ModelError } from '@freezeframe/inference';
import { nearest } from '#system';
import type { Reference } from './reference.ts';

/** What a store knows of a name without opening a manifest. */
export interface Shelf {
  readonly name: string;
  /** By number, rising. `digest` may be the beginning of one. */
  readonly versions: readonly { readonly version: string; readonly digest: string }[];
  /** Tag to version, `latest` and `production` included where they point at something. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The number of the version that a reference means. Throws `version-not-found`, `tag-not-found`, `digest-ambiguous`. */
export function selectVersion({ name, wanted }: Reference, shelf: Shelf): string {
  const numbers = shelf.versions.map(({ version }) => version);
  if (wanted.kind === 'version') {
    if (numbers.includes(wanted.version)) return wanted.version;
    throw noVersion(`${name} has no version ${wanted.version}`, shelf);
  }
  if (wanted.kind === 'tag') {
    const version = shelf.tags[wanted.tag];
    if (version !== undefined && numbers.includes(version)) return version;
    throw noTag(name, wanted.tag, shelf);
  }
  const { prefix } = wanted;
  const matching = shelf.versions.filter(({ digest }) => prefix.startsWith(digest) || digest.startsWith(prefix));
  if (matching.length > 1) {
    throw new FreezeframeError('digest-ambiguous', `${name} has ${matching.length} versions with digest ${prefix}…`, {
      remedy: 'Give more of the digest, or the number of the version.',
      details: { name, digest: prefix, versions: matching.map(({ version }) => version) },
    });
  }
  const [only] = matching;
  if (only === undefined) throw noVersion(`${name} has no version with digest ${prefix}`, shelf);
  return only.version;
}

/** The error for a name that no model has. */
export function noModel(name: string, names: readonly string[]): ModelError {
  const near = nearest(name, names);
  const remedy =
    near.length > 0
      ? `Did you mean ${near.join(', ')}? See all with: freezeframe models list`
      : names.length > 0
        ? `There ${names.length === 1 ? 'is' : 'are'}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`
        : `The store is empty. Train a model first: freezeframe train gnomes --name ${name}`;
  return new ModelError('model-not-found', `There is no model named ${name}`, { remedy, details: { name, near } });
}

function noVersion(message: string, { name, versions }: Shelf): ModelError {
  const there = versions.map(({ version }) => version);
  return new ModelError('version-not-found', message, {
    remedy: `There ${there.length === 1 ? 'is version' : 'are versions'} ${there.slice(-8).join(', ')}; see: freezeframe models show ${name}@latest`,
    details: { name, versions: there },
  });
}

function noTag(name: string, tag: string, shelf: Shelf): ModelError {
  const tags = Object.keys(shelf.tags).sort();
  const near = nearest(
    tag,
    tags.filter((one) => one !== tag),
  );
  const latest = shelf.versions.at(-1)?.version ?? '1';
  return new ModelError(
    'tag-not-found',
    tag === 'production' ? `${name} has no production version` : `${name} has no tag ${tag}`,
    {
      remedy:
        near.length > 0
          ? `Did you mean ${near.join(', ')}?`
          : `Set it with: freezeframe models tag ${name}@${latest} ${tag}`,
      details: { name, tag, tags },
    },
  );
}
