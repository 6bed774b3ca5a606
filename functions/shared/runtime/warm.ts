import { loadClassifier } from '@freezeframe/inference';
import { startSharedModels } from '../models/serving.ts';
import { describeError, logLine } from '../observe/log.ts';
import { letHeapGrow } from './heap.ts';

/**
 * Prepares the process and loads the default model while Lambda initialises the function. A failure is logged and not
 * fatal: a function that dies at INIT is started again and again and answers nothing. This one says on each invocation
 * why it cannot answer, and tries again: the classifier's cache drops a promise that was rejected.
 */
export async function warm(load: () => Promise<unknown> = loadDefault): Promise<void> {
  letHeapGrow();
  const started = performance.now();
  try {
    await startSharedModels();
    await load();
    logLine('info', 'model loaded', { ms: Math.round(performance.now() - started) });
  } catch (error) {
    logLine('error', 'model could not be loaded', describeError(error));
  }
}

/**
 * Where a caller waits for the start, the model is not run once before the first picture: that run would be the third part
 * of a first answer, and the same memory is asked for either way. Environments that are started ahead get it.
 */
function loadDefault(): Promise<unknown> {
  return loadClassifier({ warmed: process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== 'on-demand' });
}
