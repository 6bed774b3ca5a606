import type { ModelStore, StoredModel } from './model-store.ts';
import { readModel } from './read-version.ts';

export interface Copied {
  readonly from: StoredModel;
  /** The same content, under the number that the other store has for it. */
  readonly to: StoredModel;
}

/**
 * Copies a version to another store, verified. Content that is there already is not copied again.
 * @throws what both stores throw
 */
export async function copyVersion(source: ModelStore, target: ModelStore, reference: string): Promise<Copied> {
  const from = await source.resolve(reference);
  const { name, version: _version, files: _files, ...manifest } = from.manifest;
  return { from, to: await target.save(name, { manifest, model: await readModel(from) }) };
}
