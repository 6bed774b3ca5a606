import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { buildStamp, readBundle } from '#bundle';
import { defaultStore } from '#store';
import { defaultAuth } from './auth.ts';
import { startS3 } from './aws/s3.ts';
import { RESULTS_BUCKET, startUploads, UPLOADS_BUCKET, type UploadFolders, type UploadReport } from './aws/uploads.ts';
import { docsPage } from './docs/page.ts';
import { closeFront, createFront, type RequestReport } from './http/front.ts';
import { INTEGRATION_TIMEOUT_MS } from './limits.ts';
import { listen } from './listening.ts';
import { type Serving, serve } from './serving.ts';
import { whenChanged } from './when-changed.ts';

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
  /** What the stack would set besides: on a host of this machine the functions are public unless this says otherwise. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lines that the functions write, and what happens to their processes. */
  readonly log?: (line: string) => unknown;
  readonly onUpload?: (report: UploadReport) => void;
  readonly onRequest?: (report: RequestReport) => void;
  /** Whether what is bundled later is taken up: the next event meets it, those that are under way are answered by the old. */
  readonly reload?: boolean;
  /** What opens the API, for the page on it at `/docs`. */
  readonly credentials?: Readonly<Record<string, string>>;
}

export interface LocalGateway {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Process ids of the functions' environments that live now. */
  pids(): number[];
  /** Ends everything that was started; nothing is left after it. */
  close(): Promise<void>;
}

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
 * `functions/uploads`. `/docs` is a page of the gateway's own, on what the functions say of themselves. Resolves when the http
 * function is warm.
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
    const environment = {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      RESULTS_BUCKET,
      // Where others reach it and nobody said who may ask, nobody may.
      API_AUTH: defaultAuth(host),
      ...options.environment,
    };
    const buildDir = resolve(options.buildDir ?? 'build');
    const serving = { buildDir, environment, timeout, log, concurrency: options.concurrency };
    const stamp = await buildStamp(buildDir);
    let current = await serve(serving);
    const retiring = new Set<Serving>();
    closers.push(() => Promise.all([current, ...retiring].map((one) => one.close())));
    if (options.reload) {
      const watch = whenChanged(
        () => buildStamp(buildDir),
        stamp,
        async () => {
          try {
            const next = await serve(serving);
            const old = current;
            current = next;
            const { models } = (await readBundle(buildDir)) ?? { models: [] };
            log(['The new bundle answers from now on', ...(models.length > 0 ? [models.join(', ')] : [])].join(': '));
            retiring.add(old);
            old.retire().finally(() => retiring.delete(old));
          } catch (error) {
            if (!(error instanceof FreezeframeError)) throw error;
            log(`The new bundle cannot be used, the one before goes on: ${error.message}`);
          }
        },
      );
      closers.push(watch.close);
    }
    const invokeHttp = (payload: string) => current.invoke('http', payload);
    const front = createFront(invokeHttp, undefined, {
      pages: { '/docs': (name) => docsPage(invokeHttp, name, options.credentials) },
      ...(options.onRequest ? { onRequest: options.onRequest } : {}),
    });
    await listen(front, host, options.port);
    closers.push(() => closeFront(front));
    const watch = await startUploads({
      folders,
      invoke: (payload) => current.invoke('uploads', payload),
      report: options.onUpload ?? (() => {}),
      log,
      ...(options.retryAfter === undefined ? {} : { retryAfter: options.retryAfter }),
    });
    closers.push(watch.close);
    const { port } = front.address() as AddressInfo;
    const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    return {
      url: `http://${shown}:${port}`,
      pids: () => [current, ...retiring].flatMap((one) => one.pids()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
