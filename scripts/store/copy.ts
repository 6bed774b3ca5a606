import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelStore, StoredModel } from './model-store.ts';
import { verifyFiles } from './read-version.ts';

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
  const file = join(from.folder, 'model.onnx');
  await verifyFiles(from, file);
  const { name, version: _version, files: _files, ...manifest } = from.manifest;
  return { from, to: await target.save(name, { manifest, model: await readFile(file) }) };
}
