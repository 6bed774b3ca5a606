import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { type BuildCopy, bundle, copyBuild, hostTarget, LAMBDA_ARCHITECTURE } from '#bundle';
import { UPLOADS_BUCKET } from './aws/uploads.ts';
import { builtFunction } from './runtime/child-environment.ts';
import type { Outcome } from './runtime/environment.ts';
import { Pool } from './runtime/pool.ts';

const FUNCTIONS = ['http', 'uploads'] as const;
type FunctionName = (typeof FUNCTIONS)[number];
const INFERENCE_LAYER = 'layers/inference';

export interface ServingOptions {
  readonly buildDir: string;
  /** What the stack would set. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  readonly log: (line: string) => unknown;
  /** Environments per function; one per core if left out. */
  readonly concurrency?: number | undefined;
}

/** The functions of one bundle, which stays as it was when this began, whatever is bundled meanwhile. */
export interface Serving {
  invoke(name: FunctionName, payload: string): Promise<Outcome>;
  pids(): number[];
  /** Ends it when the events that it has are answered. */
  retire(): Promise<void>;
  /** Ends it now. */
  close(): Promise<void>;
}

/**
 * Resolves when the http function is warm, so that its first answer is as quick as the others.
 * @throws FreezeframeError `not-built`, `function-not-started`, and as `bundle`.
 */
export async function serve({ buildDir, environment, timeout, log, concurrency }: ServingOptions): Promise<Serving> {
  const copy = await copyOfBuild(buildDir);
  const pools = new Map<FunctionName, Pool>();
  for (const name of FUNCTIONS) {
    // To the HTTP function it would say that there are forms of S3 to give out.
    const more = name === 'uploads' ? { UPLOADS_BUCKET } : {};
    const settings = builtFunction(copy.folder, name, { ...environment, ...more });
    pools.set(name, new Pool(settings, { timeout, log, ...(concurrency ? { concurrency } : {}) }));
  }
  const pool = (name: FunctionName) => pools.get(name) as Pool;
  const busy = new Set<Promise<Outcome>>();
  const close = async () => {
    await Promise.all([...pools.values()].map((one) => one.close()));
    await copy.remove();
  };
  try {
    await pool('http').warm();
  } catch (error) {
    await close();
    throw new FreezeframeError(
      'function-not-started',
      `The http function does not start: ${(error as Error).message}`,
      {
        remedy: 'Its own words are above; after a correction: freezeframe bundle.',
        cause: error,
      },
    );
  }
  return {
    invoke: (name, payload) => {
      const outcome = pool(name).invoke(payload);
      busy.add(outcome);
      return outcome.finally(() => busy.delete(outcome));
    },
    pids: () => [...pools.values()].flatMap((one) => one.pids),
    retire: async () => {
      // Each ends within the timeout.
      await Promise.allSettled(busy);
      await close();
    },
    close,
  };
}

/** What is run from. @throws FreezeframeError `not-built`, and as `bundle`. */
export async function copyOfBuild(buildDir: string): Promise<BuildCopy> {
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
