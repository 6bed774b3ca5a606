import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { type BuildCopy, bundle, copyBuild, hostTarget, LAMBDA_ARCHITECTURE } from '#bundle';
import { defaultStore } from '#store';
import { startS3 } from './aws/s3.ts';
import { RESULTS_BUCKET, startUploads, UPLOADS_BUCKET, type UploadFolders, type UploadReport } from './aws/uploads.ts';
import { createFront } from './http/front.ts';
import { INTEGRATION_TIMEOUT_MS } from './limits.ts';
import { listen } from './listening.ts';
import { builtFunction } from './runtime/child-environment.ts';
import { Pool } from './runtime/pool.ts';

export interface LocalGatewayOptions {
  /** What `freezeframe bundle` has made: holds `functions/` and `layers/`. `build` if left out. */
  readonly buildDir?: string;
  /** In the store if left out. */
  readonly folders?: UploadFolders;
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

export interface LocalGateway {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Process ids of the functions' environments that live now. */
  pids(): number[];
  /** Ends everything that was started; nothing is left after it. */
  close(): Promise<void>;
}

const FUNCTIONS = ['http', 'uploads'] as const;
const INFERENCE_LAYER = 'layers/inference';

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
 * Runs the built bundles as Lambda would: HTTP requests go to `functions/http`, files that land in the uploads folder to
 * `functions/uploads`. What is bundled later is not seen. Resolves when the http function is warm, so that its first answer
 * is as quick as the others.
 * @throws FreezeframeError `not-built`, `port-in-use`, `port-refused`, `function-not-started`, and as `bundle`
 */
export async function startLocalGateway(options: LocalGatewayOptions): Promise<LocalGateway> {
  const { host = '127.0.0.1', timeout = INTEGRATION_TIMEOUT_MS, log = () => {}, folders = uploadFolders() } = options;
  const closers: (() => unknown)[] = [];
  const close = async () => {
    // The last first: what runs, then what it runs from.
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const s3 = await startS3({ [UPLOADS_BUCKET]: folders.uploads, [RESULTS_BUCKET]: folders.results });
    closers.push(s3.close);
    // Only this machine reaches it, unless the caller says otherwise.
    const environment = {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      RESULTS_BUCKET,
      API_AUTH: 'public',
      ...options.environment,
    };
    const copy = await copyOfBuild(resolve(options.buildDir ?? 'build'));
    closers.push(copy.remove);
    const pools = new Map<string, Pool>();
    for (const name of FUNCTIONS) {
      // To the HTTP function it would say that there are forms of S3 to give out.
      const more = name === 'uploads' ? { UPLOADS_BUCKET } : {};
      const settings = builtFunction(copy.folder, name, { ...environment, ...more });
      const concurrency = options.concurrency ? { concurrency: options.concurrency } : {};
      pools.set(name, new Pool(settings, { timeout, log, ...concurrency }));
    }
    const http = pools.get('http') as Pool;
    const uploads = pools.get('uploads') as Pool;
    closers.push(() => Promise.all([...pools.values()].map((pool) => pool.close())));

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

/** What the gateway runs from. @throws FreezeframeError `not-built`, and as `bundle`. */
async function copyOfBuild(buildDir: string): Promise<BuildCopy> {
  const forHere = await builtForHere(buildDir);
  const folders = [...FUNCTIONS.map((name) => `functions/${name}`), INFERENCE_LAYER, 'layers/model'];
  return copyBuild(buildDir, folders, { [INFERENCE_LAYER]: forHere });
}

/**
 * The build with an inference layer for this machine. Where `buildDir` holds the natives of another one (a Mac that bundles
 * for Lambda, an x64 machine after `--arch arm64`), a layer for this one is made in `build/local/`. The functions and models
 * are the very ones that are deployed.
 */
async function builtForHere(buildDir: string): Promise<string> {
  const built = (await readFile(join(buildDir, 'bundle.json'), 'utf8').then(JSON.parse, () => undefined)) as
    | { platform: string; architecture: string; models: string[] }
    | undefined;
  const { platform, arch } = hostTarget();
  if (!built || (built.platform === platform && built.architecture === LAMBDA_ARCHITECTURE[arch])) {
    return buildDir;
  }
  return (await bundle({ platform, arch, models: built.models, outDir: join(buildDir, 'local') })).outDir;
}
