import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, ModelError, parseManifest } from '@freezeframe/inference';
import { digestOf, sha256 } from './digest.ts';
import type { ModelVersion, StoredModel } from './model-store.ts';
import type { Shelf } from './select.ts';

/**
 * Reads one version that is on the shelf, and checks all that can be checked without reading the model file.
 * @param folder the model's folder, which holds the numbers.
 * @throws ModelError `model-damaged`.
 */
export async function readVersion(folder: string, shelf: Shelf, version: string): Promise<StoredModel> {
  const { name } = shelf;
  const short = shelf.versions.find((one) => one.version === version)?.digest ?? '';
  const home = join(folder, version, short);
  const { json, manifest } = await readManifest(join(home, 'manifest.json')).catch((cause: unknown) => {
    throw damaged(name, version, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const digest = digestOf(json);
  const same = digest.startsWith(short) && manifest.name === name && manifest.version === version;
  if (!same) throw damaged(name, version, 'its manifest is not the one that was saved');
  const complete = await stat(join(home, 'model.onnx')).then(
    ({ size }) => size === manifest.files['model.onnx'].bytes,
    () => false,
  );
  if (!complete) throw damaged(name, version, 'model.onnx is not there, or not whole');
  const tags = Object.keys(shelf.tags).filter((tag) => shelf.tags[tag] === version);
  const saved = (await stat(join(home, 'manifest.json'))).mtime.toISOString();
  return { name, version, digest, folder: home, tags: tags.sort(), manifest, saved };
}

/**
 * A version's graph, compared with its manifest. Whoever makes something of it (a layer, another version) reads it so: what is
 * made has a sha256 of its own, and nobody would see the damage again.
 * @throws ModelError `model-damaged`.
 */
export function readModel(model: StoredModel): Promise<Buffer> {
  return readVerified(model, join(model.folder, 'model.onnx'));
}

/** Whether a version's graph is there, and is what its manifest says. */
export function isWhole(model: StoredModel): Promise<boolean> {
  return readModel(model).then(
    () => true,
    () => false,
  );
}

/** Reads a version's model file and compares every byte with its manifest. Throws `model-damaged`. */
export async function readVerified(model: ModelVersion, file: string): Promise<Buffer> {
  const wanted = model.manifest.files['model.onnx'];
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw damaged(model.name, model.version, 'model.onnx cannot be read', { cause });
  });
  const received = { sha256: sha256(bytes), bytes: bytes.byteLength };
  if (received.sha256 === wanted.sha256 && received.bytes === wanted.bytes) return bytes;
  throw damaged(model.name, model.version, 'model.onnx is not the file that was saved', {
    details: { file: 'model.onnx', wanted, received },
  });
}

async function readManifest(file: string): Promise<{ json: Record<string, unknown>; manifest: Manifest }> {
  const json: unknown = JSON.parse(await readFile(file, 'utf8'));
  return { manifest: parseManifest(json), json: json as Record<string, unknown> };
}

export function damaged(
  name: string,
  version: string,
  why: string,
  more: { cause?: unknown; details?: object } = {},
): ModelError {
  return new ModelError('model-damaged', `Version ${version} of ${name} is damaged: ${why}`, {
    remedy: `Remove it with: freezeframe models remove ${name}@${version} --force; then train or freeze it again.`,
    details: { name, version, ...more.details },
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  });
}
