import { mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expected, type Manifest, ModelError, parseManifest } from '@freezeframe/inference';
import { digestOf } from './digest.ts';
import type { keysOf } from './head.ts';
import type { PlannedVersion } from './plan.ts';
import { writeRanges } from './ranges.ts';
import type { StoreReader } from './s3-reader.ts';

/** What a function needs in /tmp beside models. */
const SPARE_BYTES = 16 * 1024 * 1024;

/** Where a version is, once it is there. */
export function versionFolder(root: string, { name, version, content }: PlannedVersion): string {
  return join(root, name, `${version}-${content}`);
}

/**
 * Fetches versions that are not there yet. The manifest is compared with its digest here; the model file with its sha256 when
 * it is opened.
 * @throws ModelError `model-damaged`, `models-too-large` (for /tmp), and what the reader throws
 */
export async function fetchVersions(
  reader: StoreReader,
  keys: ReturnType<typeof keysOf>,
  root: string,
  versions: readonly PlannedVersion[],
): Promise<void> {
  const absent: PlannedVersion[] = [];
  for (const version of versions) if (!(await isThere(versionFolder(root, version)))) absent.push(version);
  const manifests = await Promise.all(absent.map((version) => readManifest(reader, keys, version)));
  await checkRoom(root, manifests);
  for (const [index, version] of absent.entries()) {
    await fetchVersion(reader, keys, versionFolder(root, version), version, manifests[index] as Manifest);
  }
}

/** A folder has its name when its files are whole. What came of others is removed: nothing else would have space beside it. */
async function fetchVersion(
  reader: StoreReader,
  keys: ReturnType<typeof keysOf>,
  folder: string,
  { name, content }: PlannedVersion,
  manifest: Manifest,
): Promise<void> {
  const partly = `${folder}.partly`;
  try {
    await mkdir(partly, { recursive: true });
    const key = keys.file(name, content, 'model.onnx');
    await writeRanges(join(partly, 'model.onnx'), manifest.files['model.onnx'].bytes, (first, last) =>
      reader.range(key, first, last),
    );
    await writeFile(join(partly, 'manifest.json'), JSON.stringify(manifest));
    await rename(partly, folder);
  } catch (error) {
    await rm(partly, { recursive: true, force: true });
    throw error;
  }
}

async function readManifest(
  reader: StoreReader,
  keys: ReturnType<typeof keysOf>,
  { name, version, digest, content }: PlannedVersion,
): Promise<Manifest> {
  const found = await reader.read(keys.file(name, content, 'manifest.json'));
  try {
    const json = { ...(JSON.parse(typeof found === 'string' ? '' : found.text) as object), name, version };
    const received = digestOf(json);
    if (received !== digest) throw new Error(expected(`digest ${digest}`, 'its manifest', received));
    return parseManifest(json);
  } catch (cause) {
    throw new ModelError('model-damaged', `Version ${version} of ${name} in the store is damaged`, { cause });
  }
}

async function checkRoom(root: string, manifests: readonly Manifest[]): Promise<void> {
  const bytes = manifests.reduce((sum, { files }) => sum + files['model.onnx'].bytes, 0);
  if (bytes === 0) return;
  await mkdir(root, { recursive: true });
  const { bavail, bsize } = await statfs(root);
  if (bytes + SPARE_BYTES <= bavail * bsize) return;
  throw new ModelError('models-too-large', expected(`at most ${bavail * bsize - SPARE_BYTES} bytes`, '/tmp', bytes), {
    remedy: 'Give the functions a larger /tmp (the setting storage), or name fewer models (the setting models).',
    details: { bytes, free: bavail * bsize },
  });
}

function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
