import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../scripts/bundle/bundle.ts';
import { hostTarget } from '../../scripts/bundle/target.ts';
import { type LocalGatewayOptions, startLocalGateway } from '../../scripts/local/gateway.ts';
import { openStore } from '../../scripts/store/places.ts';
import { priceModel } from '../functions/models.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';

export interface BuiltApi {
  readonly url: string;
  /** A folder that goes away with it. */
  readonly work: string;
  /** Process ids of the functions. */
  pids(): number[];
  close(): Promise<void>;
}

/**
 * The built functions behind the local gateway, with a model of pictures that is the default (`tiny`, version 2 its
 * production) and one of numbers (`prices`).
 */
export async function startBuiltApi(options: Partial<LocalGatewayOptions> = {}): Promise<BuiltApi> {
  const work = await mkdtemp(join(tmpdir(), 'freezeframe-api-'));
  const store = openStore(join(work, 'store'));
  await saveTinyModel(store, 'tiny', 10);
  await saveTinyModel(store, 'tiny', 20);
  await store.tag('tiny@2', 'production');
  const { model, draft } = priceModel();
  const { name, ...manifest } = draft;
  const rest = { formatVersion: 1, precision: 'float32', metrics: {}, provenance: {} } as const;
  await store.save(name, { model, manifest: { ...manifest, ...rest } });
  const buildDir = join(work, 'build');
  const models = ['tiny', 'tiny@1', 'prices'];
  await bundle({ ...hostTarget(), store, models, outDir: buildDir, cacheDir: join(work, 'cache') });
  const gateway = await startLocalGateway({
    buildDir,
    port: 0,
    folders: { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') },
    concurrency: 1,
    ...options,
  });
  return {
    url: gateway.url,
    work,
    pids: () => gateway.pids(),
    close: async () => {
      await gateway.close();
      await rm(work, { recursive: true, force: true });
    },
  };
}
