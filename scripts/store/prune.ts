import { FreezeframeError } from '@freezeframe/inference';
import type { TagChange } from '#functions/models';
import type { ModelStore } from './model-store.ts';
import { versionBefore } from './tags.ts';

export interface PruneOptions {
  /** Of this name only. */
  readonly name?: string | undefined;
  /** So many of the newest versions of each name stay. At least 1. */
  readonly keep: number;
  /** Only says what would be removed. */
  readonly dryRun: boolean;
}

export interface Pruned {
  readonly removed: readonly { readonly name: string; readonly version: string }[];
  readonly kept: number;
  /** Interrupted uploads that were cleared away. */
  readonly swept: number;
}

/**
 * Removes old versions. What has a tag stays, and what a tag would go back to: functions fetch tagged versions alone, and a
 * layer has its own copy of its models, so that no deployment loses what it answers with or rolls back to.
 */
export async function prune(store: ModelStore, { name, keep, dryRun }: PruneOptions): Promise<Pruned> {
  if (name !== undefined) await store.find(`${name}@latest`);
  const { models } = await store.list();
  const removed: { name: string; version: string }[] = [];
  let kept = 0;
  for (const one of new Set(models.map((model) => model.name))) {
    if (name !== undefined && one !== name) continue;
    const versions = models.filter((model) => model.name === one);
    const before = backwards(one, await store.history(one));
    for (const [index, { version, tags }] of versions.entries()) {
      const stays = index >= versions.length - keep || tags.length > 0 || before.has(version);
      if (!stays && (dryRun || (await removeUntagged(store, `${one}@${version}`))))
        removed.push({ name: one, version });
      else kept++;
    }
  }
  return { removed, kept, swept: dryRun ? 0 : await store.sweep() };
}

/** Versions that a rollback of any tag would lead to. */
function backwards(name: string, history: readonly TagChange[]): Set<string> {
  const found = new Set<string>();
  for (const tag of new Set(history.map((change) => change.tag))) {
    try {
      found.add(versionBefore(name, history, tag));
    } catch (error) {
      if (!(error instanceof FreezeframeError && error.code === 'nothing-to-roll-back')) throw error;
    }
  }
  return found;
}

/** Answers false where somebody has tagged or removed it since it was listed. */
async function removeUntagged(store: ModelStore, reference: string): Promise<boolean> {
  try {
    await store.remove(reference, { untagged: true });
    return true;
  } catch (error) {
    if (error instanceof FreezeframeError && ['version-tagged', 'version-not-found'].includes(error.code)) return false;
    throw error;
  }
}
