import { expected, ModelError, type ModelsIndex, modelName } from '@freezeframe/inference';
import { type Head, tagsAt, versionsOf } from './head.ts';

/** A model that is to be answered: the version that a tag points at. */
export interface WantedModel {
  readonly name: string;
  readonly tag: string;
}

/** A version that is to be fetched. */
export interface PlannedVersion {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly content: string;
}

export interface Plan {
  readonly index: ModelsIndex;
  readonly versions: readonly PlannedVersion[];
}

/** Reads `NAME,NAME@TAG`; nothing is every model's production version. @throws ModelError `reference-not-valid`. */
export function parseWanted(text: string): WantedModel[] {
  const words = text.split(',').map((word) => word.trim());
  return words.filter(Boolean).map((word) => {
    const [name = '', tag = 'production', ...more] = word.split('@');
    const words = more.length === 0 && modelName.safeParse(name).success && modelName.safeParse(tag).success;
    // Only what has a tag is never pruned.
    if (words && !/^\d+$/.test(tag)) return { name, tag };
    throw new ModelError('reference-not-valid', expected('NAME or NAME@TAG', 'a model of MODELS', word));
  });
}

/**
 * What is to be answered. Of a name that the store has, its versions take the place of the layer's; names that only the layer
 * has stay. The default is the first that was asked for, and where none was, the layer's.
 * @throws ModelError `tag-not-found` for a model that was asked for by name
 */
export function planModels(
  wanted: readonly WantedModel[],
  heads: ReadonlyMap<string, Head>,
  layer: ModelsIndex | undefined,
): Plan {
  const asked = wanted.length > 0 ? wanted : [...heads.keys()].sort().map((name) => ({ name, tag: 'production' }));
  // Without a prototype: a model may be called `constructor`.
  const models: ModelsIndex['models'] = Object.create(null);
  const versions = new Map<string, PlannedVersion>();
  for (const { name, tag } of asked) {
    const head = heads.get(name);
    const there = head ? versionsOf(head) : [];
    const tags = head ? tagsAt(head.tags, there) : {};
    const found = there.find(({ version }) => version === tags[tag]);
    if (!found) {
      if (wanted.length === 0) continue;
      throw new ModelError('tag-not-found', `The store has no ${name}@${tag}`, {
        remedy: `Set it with: freezeframe models tag ${name}@VERSION ${tag}`,
      });
    }
    const { version, digest, content } = found;
    versions.set(`${name}@${version}`, { name, version, digest, content });
    const entry = models[name] ?? { default: version, versions: [], labels: {} };
    if (!entry.versions.includes(version)) entry.versions.push(version);
    for (const [label, at] of Object.entries(tags)) if (at === version) entry.labels = { ...entry.labels, [label]: at };
    models[name] = entry;
  }
  for (const entry of Object.values(models)) entry.versions.sort((a, b) => Number(a) - Number(b));
  const all = { ...layer?.models, ...models };
  const first =
    wanted[0]?.name ?? (layer && Object.hasOwn(all, layer.default) ? layer.default : Object.keys(models)[0]);
  if (first === undefined) throw new ModelError('models-missing', 'The store has no model in production');
  return { index: { default: first, models: all }, versions: [...versions.values()] };
}
