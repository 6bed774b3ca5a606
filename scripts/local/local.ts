import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundle, hostTarget, LAMBDA_ARCHITECTURE } from '#bundle';
import { defaultStore } from '#store';
import type { UploadFolders } from './aws/uploads.ts';
import { type Gateway, type GatewayOptions, startGateway } from './http/gateway.ts';

/** The watched folder and the places for what comes of it: in the store unless told otherwise. */
export function uploadFolders(uploads?: string): UploadFolders {
  const store = defaultStore();
  return {
    uploads: resolve(uploads ?? join(store, 'uploads')),
    results: resolve(store, 'results'),
    deadLetters: resolve(store, 'dead-letters'),
  };
}

/**
 * Starts the gateway on what was built last. Where that holds the natives of another machine (a Mac that bundles for Lambda,
 * an x64 machine after `--arch arm64`), an inference layer for this one is made beside it, in `build/local/`: the functions
 * and models are the very ones that are deployed.
 * @throws FreezeframeError as `startGateway` and `bundle`.
 */
export async function startLocalGateway(
  options: Omit<GatewayOptions, 'buildDir' | 'layersDir' | 'folders'> & { buildDir?: string; folders?: UploadFolders },
): Promise<Gateway> {
  const { buildDir = 'build', folders = uploadFolders() } = options;
  const layersDir = await localLayers(resolve(buildDir));
  return startGateway({ ...options, buildDir, folders, ...(layersDir ? { layersDir } : {}) });
}

async function localLayers(buildDir: string): Promise<string | undefined> {
  const built = (await readFile(join(buildDir, 'bundle.json'), 'utf8').then(JSON.parse, () => undefined)) as
    | { platform: string; architecture: string; models: string[] }
    | undefined;
  const { platform, arch } = hostTarget();
  if (!built || (built.platform === platform && built.architecture === LAMBDA_ARCHITECTURE[arch])) return undefined;
  const local = await bundle({ platform, arch, models: built.models, outDir: join(buildDir, 'local') });
  return join(local.outDir, 'layers');
}
