import { hostname, userInfo } from 'node:os';
import { FreezeframeError } from '@freezeframe/inference';
import type { PinnedTags, TagChange } from '#functions/models';
import type { Shelf } from './select.ts';

/** A shelf, and where people have put its tags. */
export interface TaggedShelf extends Shelf {
  readonly pins: PinnedTags;
}

/** What is to become of a name's tags. */
export interface Retagging {
  readonly changes: readonly TagChange[];
  readonly pins: PinnedTags;
}

/** A tag to be moved. */
export interface Move {
  readonly tag: string;
  readonly to: string;
  /** Where the mover has seen the tag; null for nowhere. */
  readonly seen: string | null;
  /** Where the mover says that it must be, even if it has got to its end meanwhile. */
  readonly expect?: string | null | undefined;
  readonly rollback?: true | undefined;
}

/**
 * Moves a tag, or answers undefined where it has come to its end already.
 * @throws FreezeframeError `tag-moved` where it is not where the mover has seen it: somebody else was quicker.
 */
export function moveTag(shelf: TaggedShelf, { tag, to, seen, expect, rollback }: Move): Retagging | undefined {
  const found = shelf.tags[tag] ?? null;
  if (expect !== undefined && found !== expect) throw tagMoved(shelf, tag, expect, found);
  if (found === to) return undefined;
  if (found !== seen) throw tagMoved(shelf, tag, seen, found);
  const change = { ...signature(), tag, from: found, to, ...(rollback ? { rollback } : {}) };
  return { changes: [change], pins: { ...shelf.pins, [tag]: { version: to, by: change.by, at: change.at } } };
}

/** Takes a move back whose version was removed meanwhile, unless the tag has gone on. */
export function undoMove({ pins, tags }: TaggedShelf, { tag, from, to }: TagChange): Retagging | undefined {
  if (pins[tag]?.version !== to) return undefined;
  const signed = signature();
  const { [tag]: _gone, ...others } = pins;
  const before =
    from === null && tag !== 'production' ? {} : { [tag]: { version: from, by: signed.by, at: signed.at } };
  return { changes: [{ ...signed, tag, from: tags[tag] ?? to, to: from }], pins: { ...others, ...before } };
}

/** Where tags were put, at versions that are marked as removed too. */
export function pointers(pins: PinnedTags): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pins).flatMap(([tag, { version }]) => (version === null ? [] : [[tag, version]])),
  );
}

/**
 * Takes away the tags at a version that is removed. The last one takes every tag along: the name starts anew with its next.
 * Of others production stays, at nothing, so that it moves to no other version by itself.
 */
export function dropTags({ tags, pins, versions }: TaggedShelf, version: string): Retagging | undefined {
  const others = versions.some((one) => one.version !== version);
  const lost = Object.keys(tags).filter((tag) => tag !== 'latest' && tags[tag] === version);
  if (lost.length === 0 && (others || Object.keys(pins).length === 0)) return undefined;
  const signed = signature();
  const { by, at } = signed;
  const kept = Object.entries(pins).filter(([tag]) => others && !lost.includes(tag));
  const production = others && lost.includes('production') ? { production: { version: null, by, at } } : {};
  const changes = lost.map((tag) => ({ ...signed, tag, from: version, to: null }));
  return { changes, pins: { ...Object.fromEntries(kept), ...production } };
}

/**
 * Where the tag was before: each rollback undoes one move more.
 * @throws FreezeframeError `nothing-to-roll-back`.
 */
export function versionBefore(name: string, history: readonly TagChange[], tag: string): string {
  const before: (string | null)[] = [];
  for (const change of history.filter((one) => one.tag === tag)) {
    if (change.rollback) before.pop();
    else before.push(change.from);
  }
  const version = before.at(-1);
  if (version) return version;
  throw new FreezeframeError('nothing-to-roll-back', `The tag ${tag} of ${name} was at no version before`, {
    remedy: `Name the version: freezeframe models tag ${name}@1 ${tag}. Moves so far: freezeframe models history ${name}`,
    details: { name, tag },
  });
}

/** @throws FreezeframeError `production-version` where production is there, and other versions are. */
export function refuseProduction({ name, tags, pins, versions }: TaggedShelf, version: string): void {
  if (tags.production !== version && pins.production?.version !== version) return;
  const other = versions.filter((one) => one.version !== version).at(-1)?.version;
  if (other === undefined) return;
  throw new FreezeframeError('production-version', `Version ${version} of ${name} is in production`, {
    remedy: `First give production to another one: freezeframe models tag ${name}@${other} production. Or add --force.`,
    details: { name, version },
  });
}

/** @throws FreezeframeError `version-tagged`. */
export function refuseTagged({ name, tags, pins }: TaggedShelf, version: string): void {
  const pinned = Object.keys(pins).filter((tag) => pins[tag]?.version === version);
  const there = [...new Set([...pinned, ...Object.keys(tags).filter((tag) => tags[tag] === version)])].sort();
  if (there.length === 0) return;
  throw new FreezeframeError('version-tagged', `Version ${version} of ${name} is ${there.join(', ')}`, {
    remedy: `Give the tag to another version first: freezeframe models tag ${name}@VERSION ${there[0]}`,
    details: { name, version, tags: there },
  });
}

function tagMoved({ name, pins }: TaggedShelf, tag: string, expected: string | null, found: string | null) {
  const { by, at } = pins[tag] ?? {};
  const whose = by ? `, by ${by}${at ? ` at ${at}` : ''}` : '';
  const words = (version: string | null) => (version === null ? 'at no version' : `at version ${version}`);
  return new FreezeframeError(
    'tag-moved',
    `Expected ${tag} of ${name} ${words(expected)} but found it ${words(found)}${whose}`,
    {
      remedy: `Look at what was done (freezeframe models history ${name}), then tag again if yours is to win.`,
      details: { name, tag, expected, found, by: by ?? null, at: at ?? null },
    },
  );
}

function signature(): Pick<TagChange, 'id' | 'at' | 'by'> {
  return { id: crypto.randomUUID(), at: new Date().toISOString(), by: `${userName()}@${hostname()}` };
}

/** A container's user may have no entry among the system's users. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER || String(process.getuid?.() ?? 'unknown');
  }
}
