import { loadClassifier } from '@freezeframe/inference';
import { startSharedModels } from '../models/serving.ts';
import { describeError, logLine } from '../observe/log.ts';
import { letHeapGrow } from './heap.ts';
import { isStartedAhead } from './started-ahead.ts';

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

function loadDefault(): Promise<unknown> {
  return loadClassifier({ warmed: isStartedAhead() });
}
