import { stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { startS3 } from '../aws/s3.ts';
import { RESULTS_BUCKET, startUploads, UPLOADS_BUCKET, type UploadFolders, type UploadReport } from '../aws/uploads.ts';
import { Pool } from '../runtime/pool.ts';
import { createFront, listen } from './http-front.ts';
import { INTEGRATION_TIMEOUT_MS } from './limits.ts';

/** MB, as in the stack. */
const MEMORY = 1_769;

export interface GatewayOptions {
  /** What `freezeframe bundle` has made: holds `functions/` and `layers/`. */
  readonly buildDir: string;
  /** Where the inference layer for this machine is, if not in `buildDir`. */
  readonly layersDir?: string;
  readonly folders: UploadFolders;
  /** 127.0.0.1 if left out: nobody else can reach it. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Environments per function; one per core if left out. */
  readonly concurrency?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Pause before a failed upload is delivered again. Milliseconds. */
  readonly retryAfter?: number;
  /** What the stack would set besides: the functions are public here unless this says otherwise. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lines that the functions write, and what happens to their processes. */
  readonly log?: (line: string) => unknown;
  readonly onUpload?: (report: UploadReport) => void;
}

export interface Gateway {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Process ids of the functions' environments that live now. */
  pids(): number[];
  /** Ends everything that was started; nothing is left after it. */
  close(): Promise<void>;
}

/**
 * Runs the built bundles as Lambda would: HTTP requests go to `functions/http`, files that land in the uploads folder to
 * `functions/uploads`. Resolves when the http function is warm, so that its first answer is as quick as the others.
 * @throws FreezeframeError `not-built`, `port-in-use`, `port-refused`, `function-not-started`
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { host = '127.0.0.1', timeout = INTEGRATION_TIMEOUT_MS, log = () => {}, folders } = options;
  const buildDir = resolve(options.buildDir);
  const layersDir = resolve(options.layersDir ?? join(buildDir, 'layers'));
  const closers: (() => unknown)[] = [];
  const close = async () => {
    await Promise.all(closers.splice(0).map((closer) => closer()));
  };
  try {
    const s3 = await startS3({ [UPLOADS_BUCKET]: folders.uploads, [RESULTS_BUCKET]: folders.results });
    closers.push(s3.close);
    const pools = new Map<string, Pool>();
    for (const name of ['http', 'uploads']) {
      const folder = join(buildDir, 'functions', name);
      await assertBuilt(join(folder, 'index.mjs'));
      const settings = {
        name,
        folder,
        layerModules: join(layersDir, 'inference', 'nodejs', 'node_modules'),
        modelsDir: join(buildDir, 'layers', 'model', 'models'),
        environment: {
          AWS_ENDPOINT_URL_S3: s3.endpoint,
          RESULTS_BUCKET,
          // Only this machine reaches it.
          API_AUTH: 'public',
          ...options.environment,
        },
        memory: MEMORY,
      };
      await assertBuilt(settings.layerModules);
      await assertBuilt(settings.modelsDir);
      const concurrency = options.concurrency ? { concurrency: options.concurrency } : {};
      pools.set(name, new Pool(settings, { timeout, log, ...concurrency }));
    }
    const http = pools.get('http') as Pool;
    const uploads = pools.get('uploads') as Pool;
    closers.push(...[...pools.values()].map((pool) => () => pool.close()));

    const front = createFront((payload) => http.invoke(payload));
    await listen(front, host, options.port);
    closers.push(() => {
      front.close();
      front.closeAllConnections();
    });
    await http.warm().catch((error: Error) => {
      throw new FreezeframeError('function-not-started', `The http function does not start: ${error.message}`, {
        remedy: 'Its own words are above; after a correction: freezeframe bundle.',
        cause: error,
      });
    });
    const watch = await startUploads({
      folders,
      invoke: (payload) => uploads.invoke(payload),
      report: options.onUpload ?? (() => {}),
      ...(options.retryAfter === undefined ? {} : { retryAfter: options.retryAfter }),
    });
    closers.push(watch.close);
    const { port } = front.address() as AddressInfo;
    const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    return {
      url: `http://${shown}:${port}`,
      pids: () => [...pools.values()].flatMap((pool) => pool.pids),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assertBuilt(path: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) return;
  throw new FreezeframeError('not-built', `There is no ${path}: nothing has been built yet.`, {
    remedy: 'Run freezeframe bundle first (npm start does all that is needed).',
  });
}
