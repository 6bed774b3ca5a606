import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { describeError, logLine } from '../observe/log.ts';
import type { ModelsState, SharedModels } from './shared-models.ts';

const CHECK_SECONDS = 60;
/** Lambda gives the INIT phase ten seconds, of which the layer's model needs one. */
const PATIENCE_MS = 8_000;

const WRONG: ModelsState = { from: 'layer', problem: 'store-not-valid' };

let shared: SharedModels | undefined;
let wrong = false;

/** Fetches the models of `MODELS_URI`, where the stack names one. Never fails: then the layer answers. */
export async function startSharedModels(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const { MODELS_URI: uri, MODELS: models = '', MODELS_CHECK_SECONDS: seconds } = environment;
  if (!uri) return;
  // Loaded by those alone who have a store.
  const [{ SharedModels }, { s3Reader }, { parseS3Place }, { parseWanted }] = await Promise.all([
    import('./shared-models.ts'),
    import('./s3-reader.ts'),
    import('./place.ts'),
    import('./plan.ts'),
  ]);
  try {
    const place = parseS3Place(uri);
    shared = new SharedModels({
      reader: s3Reader(place),
      prefix: place.prefix,
      wanted: parseWanted(models),
      checkMs: (Number(seconds) || CHECK_SECONDS) * 1000,
      patienceMs: PATIENCE_MS,
      folder: join(tmpdir(), `freezeframe-models-${process.pid}`),
    });
  } catch (error) {
    if (!(error instanceof FreezeframeError)) throw error;
    wrong = true;
    logLine('error', 'MODELS_URI or MODELS is wrong; the layer answers', describeError(error));
    return;
  }
  await shared.start();
}

/** An invocation begins. Answers what to call when it has ended. */
export async function enterInvocation(): Promise<() => void> {
  return (await shared?.enter()) ?? (() => {});
}

/** Where answers come from; undefined where the stack names no store. */
export function modelsState(): ModelsState | undefined {
  return shared?.state ?? (wrong ? WRONG : undefined);
}
