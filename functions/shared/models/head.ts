import { modelName, modelVersion } from '@freezeframe/inference';
import * as z from 'zod/mini';

// <prefix>/store.json                                                what it is
// <prefix>/models/<name>/head.json                                   its versions and tags: the only object that changes
// <prefix>/models/<name>/contents/<content>/{model.onnx,manifest.json}
// <prefix>/models/<name>/history/<page>.json                         older changes of tags, a hundred a page
//
// A version is there from the moment on which head.json names it, and head.json is replaced by conditional writes.

/** A tag that was moved, given (from null) or taken away (to null). */
export const tagChange = z.object({
  /** Tells a writer whose answer was lost that this one is its own. */
  id: z.string(),
  at: z.string(),
  by: z.string(),
  tag: z.string(),
  from: z.nullable(modelVersion),
  to: z.nullable(modelVersion),
  /** It undid the move before. */
  rollback: z.optional(z.literal(true)),
});

export type TagChange = z.output<typeof tagChange>;

/** Where a person has put each tag, and who did. No version: `production` was taken away, and moves no more by itself. */
export const pinnedTags = z.record(
  modelName,
  z.object({ version: z.nullable(modelVersion), by: z.optional(z.string()), at: z.optional(z.string()) }),
);

export type PinnedTags = z.output<typeof pinnedTags>;

const storedVersion = z.object({
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** A folder below `contents/`. Each save has its own: what somebody removes is never what somebody else saves. */
  content: z.string().check(z.regex(/^[0-9a-f]{12}-[0-9a-f]{8}$/)),
  held: z.optional(z.literal(true)),
});

export const headSchema = z.object({
  formatVersion: z.literal(1),
  /** The highest number ever given. */
  highest: z.int().check(z.minimum(0), z.maximum(999_999_999)),
  versions: z.record(modelVersion, storedVersion),
  tags: pinnedTags,
  /** Of the history, written to objects of their own. */
  pages: z.int().check(z.minimum(0)),
  history: z.array(tagChange),
});

export type Head = z.output<typeof headSchema>;

export const EMPTY_HEAD: Head = { formatVersion: 1, highest: 0, versions: {}, tags: {}, pages: 0, history: [] };

/** Rising. */
export function versionsOf({ versions }: Head) {
  return Object.entries(versions)
    .map(([version, one]) => ({ version, ...one }))
    .sort((a, b) => Number(a.version) - Number(b.version));
}

/**
 * Every tag that points at something. `latest` is the highest version; `production` is the lowest that is not held until
 * somebody moves it.
 */
export function tagsAt(
  pins: PinnedTags,
  versions: readonly { readonly version: string; readonly held?: boolean | undefined }[],
): Record<string, string> {
  // Without a prototype: `constructor` is a tag like any other, and is nowhere until somebody gives it.
  const tags: Record<string, string> = Object.create(null);
  const first = versions.find(({ held }) => !held);
  if (first) tags.production = first.version;
  for (const [tag, { version }] of Object.entries(pins)) {
    if (version !== null && versions.some((one) => one.version === version)) tags[tag] = version;
    // It points at a version that is gone: no tag. Production too is then given to another one by a person only.
    else delete tags[tag];
  }
  const last = versions.at(-1);
  if (last) tags.latest = last.version;
  return tags;
}

/** Keys of a shared store's objects. */
export function keysOf(prefix: string) {
  const below = (...parts: string[]) => [prefix, ...parts].filter(Boolean).join('/');
  return {
    store: below('store.json'),
    models: `${below('models')}/`,
    head: (name: string) => below('models', name, 'head.json'),
    contents: (name: string) => `${below('models', name, 'contents')}/`,
    file: (name: string, content: string, file: string) => below('models', name, 'contents', content, file),
    page: (name: string, page: number) => below('models', name, 'history', `${page}.json`),
  };
}
