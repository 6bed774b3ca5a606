import { FreezeframeError } from '@freezeframe/inference';
import { ImportError, type ImportErrorCode } from '#guards';

/** What the converter calls a failure, and what it is to somebody who brings a file. */
const CODES: Readonly<Record<string, ImportErrorCode>> = {
  'bad-topology': 'file-damaged',
  'bad-weights': 'bad-weights',
  'limit-exceeded': 'limit-exceeded',
  'unsupported-layer': 'unsupported-layer',
};

/**
 * Runs what reads a config from outside with the converter's own code.
 * @throws ImportError for every failure: a config that breaks the rules of Keras can make any of it fail
 */
export function asImportError<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ImportError) throw error;
    if (error instanceof FreezeframeError) {
      throw new ImportError(CODES[error.code] ?? 'file-damaged', error.message, {
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        details: error.details,
        cause: error,
      });
    }
    throw new ImportError('file-damaged', `${what} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}
