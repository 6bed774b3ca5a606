import { readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { claimFolder, makeFolder, makeTemporaryFolder, sweepTemporary, syncFolder, writeDurable } from '#system';
import { sha256 } from '../digest.ts';
import type { ModelVersion, StoredModel } from '../model-store.ts';

/** Versions of a shared store on this machine: `<root>/<name>/<version>-<digest12>/`. May be deleted at any time. */
export class Cache {
  readonly #root: string;
  readonly #temporaries: string;

  constructor(root: string) {
    this.#root = resolve(root);
    this.#temporaries = join(this.#root, '.temporary');
  }

  /**
   * The version's files on this machine. `fetch` writes its model file where there is none that is whole.
   * @throws what `fetch` throws
   */
  async take(model: ModelVersion, fetch: (file: string) => Promise<void>): Promise<StoredModel> {
    const parent = join(this.#root, model.name);
    const folder = join(parent, `${model.version}-${model.digest.slice(0, 12)}`);
    const stored = { ...model, folder };
    if (await isWhole(stored)) return stored;
    await sweepTemporary(this.#temporaries);
    const claim = await makeTemporaryFolder(this.#temporaries);
    try {
      await fetch(join(claim, 'model.onnx'));
      await writeDurable(join(claim, 'manifest.json'), manifestText(model));
      await syncFolder(claim);
      await makeFolder(parent);
      if (!(await claimFolder(claim, folder)) && !(await isWhole(stored))) {
        // What lies there is damaged: out of the way in one step.
        await rename(folder, `${claim}.damaged`).catch(() => undefined);
        await claimFolder(claim, folder);
        await rm(`${claim}.damaged`, { recursive: true, force: true });
      }
    } finally {
      await rm(claim, { recursive: true, force: true });
    }
    return stored;
  }
}

async function isWhole({ folder, manifest, ...model }: StoredModel): Promise<boolean> {
  try {
    if ((await readFile(join(folder, 'manifest.json'), 'utf8')) !== manifestText({ ...model, manifest })) return false;
    return sha256(await readFile(join(folder, 'model.onnx'))) === manifest.files['model.onnx'].sha256;
  } catch {
    return false;
  }
}

function manifestText({ manifest }: ModelVersion): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
