import { join, resolve } from 'node:path';
import { type Bundle, bundle, hostTarget } from '#bundle';
import { readLearnt } from '#datasets';
import {
  defaultAuth,
  type LocalAuthMode,
  type LocalGateway,
  startLocalAuth,
  startLocalGateway,
  type UploadReport,
  uploadFolders,
} from '#local';
import { allInProduction, type ModelStore } from '#store';
import { type Progress, startProgress } from '#terminal';
import { ensureModel, type ReadyModel, trainingOf } from './model.ts';
import { oneOfEach, type Photos } from './photos.ts';
import { dropUpload, ensureSamples, type Tried, tryOverHttp, UploadWaiter } from './try-out.ts';

export interface StartOptions {
  readonly store: ModelStore;
  /** The folder of the store, for samples, uploads and the state of `npm start`. */
  readonly storeRoot: string;
  readonly host?: string;
  readonly port: number;
  readonly buildDir?: string;
  /** Called with the name of each step that begins. */
  readonly step?: (name: 'model' | 'samples' | 'bundle' | 'gateway') => void;
  readonly log?: (line: string) => unknown;
  /** Uploads that come after the first. */
  readonly onUpload?: (report: UploadReport) => void;
  /** What is trained in the place of the sample. */
  readonly photos?: Photos | undefined;
  /** Replaces training. */
  readonly model?: () => Promise<ReadyModel>;
}

export interface Started {
  readonly gateway: LocalGateway;
  readonly model: string;
  readonly metrics?: Record<string, unknown>;
  readonly bundle: Bundle;
  /** The sample pictures and what the gateway said of them. */
  readonly tried: readonly Tried[];
  readonly upload: UploadReport;
  /** Where uploads are watched for. */
  readonly uploads: string;
  /** `key` where others than this machine reach it. */
  readonly auth: LocalAuthMode;
  /** Whether it runs from the folder that `freezeframe bundle` writes: then it takes up what is bundled later. */
  readonly takesUp: boolean;
  /** Works when pasted, in a Unix shell and at a Windows prompt. */
  readonly curl: string;
}

const UPLOAD_PATIENCE = 15_000;

/**
 * The whole way once: data set, training, freezing, store, bundle, gateway, a picture over HTTP, a picture as an upload. Steps
 * whose inputs have not changed are left out. Whoever calls it closes the gateway.
 */
export async function start(options: StartOptions): Promise<Started> {
  const { store, storeRoot, port, photos, step = () => {} } = options;
  const stateFile = join(storeRoot, 'start.json');
  const train = () => ensureModel({ store, stateFile, ...(photos ? trainingOf(photos) : {}) });
  step('model');
  const ready = await (options.model ?? train)();
  step('samples');
  const place = join(storeRoot, 'samples');
  const samples = photos
    ? await oneOfEach(photos.folder, place, await learntBy(store, ready.model))
    : await ensureSamples(place);
  step('bundle');
  const built = await bundleForHere(store, ready.model, options.buildDir ?? 'build');
  step('gateway');
  const folders = uploadFolders();
  const waiter = new UploadWaiter();
  const { host = '127.0.0.1' } = options;
  const mode = defaultAuth(host);
  const auth = await startLocalAuth(mode, undefined, ['read', 'classify']);
  const opened = await startLocalGateway({
    buildDir: built.outDir,
    folders,
    port,
    host,
    reload: true,
    environment: auth.environment,
    credentials: auth.credentials,
    ...(options.log ? { log: options.log } : {}),
    onUpload: (report) => {
      if (!waiter.take(report)) options.onUpload?.(report);
    },
  }).catch((error) => {
    auth.close();
    throw error;
  });
  const gateway: LocalGateway = {
    ...opened,
    close: async () => {
      await opened.close();
      auth.close();
    },
  };
  try {
    const tried: Tried[] = [];
    for (const file of samples) tried.push(await tryOverHttp(gateway.url, file, auth.credentials));
    const [first = ''] = samples;
    const upload = waiter.wait(await dropUpload(first, folders.uploads), UPLOAD_PATIENCE);
    return {
      gateway,
      ...ready,
      bundle: built,
      tried,
      upload: await upload,
      uploads: folders.uploads,
      auth: mode,
      takesUp: built.outDir === resolve(options.buildDir ?? 'build'),
      curl: `curl ${mode === 'key' ? '-H "authorization: Bearer KEY" ' : ''}-H "content-type: image/jpeg" --data-binary "@${first}" ${gateway.url}/classify`,
    };
  } catch (error) {
    await gateway.close();
    throw error;
  }
}

async function learntBy(store: ModelStore, model: string) {
  const { manifest } = await store.resolve(model);
  return readLearnt(manifest.provenance.learnt);
}

/**
 * On Linux what is tried is what is deployed. Elsewhere the natives of this machine go to a folder of their own: those for Lambda
 * would have to be fetched, and nothing here could run them.
 */
async function bundleForHere(store: ModelStore, model: string, buildDir: string): Promise<Bundle> {
  const host = hostTarget();
  const [name = ''] = model.split('@');
  const production = await allInProduction(store);
  // By its name, so that a later deployment takes what is in production by then: it is asked for what this bundle was.
  const isProduction = production.some((each) => `${each.name}@${each.version}` === model);
  const others = production.map((each) => each.name).filter((each) => each !== name);
  const outDir = host.platform === 'linux' ? buildDir : join(buildDir, 'local');
  let bar: Progress | undefined;
  return bundle({
    ...host,
    store,
    models: [isProduction ? name : model, ...others],
    outDir,
    progress: (done, total, note) => {
      bar ??= startProgress('Bundling', total, 'parts');
      bar.update(done, note);
    },
  }).finally(() => bar?.stop());
}
