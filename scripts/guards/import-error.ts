import { expected, FreezeframeError } from '@freezeframe/inference';

/** Why a file was not imported. Stable: tests and other tools read these. */
export type ImportErrorCode =
  /** Nothing here reads what was found. */
  | 'format-unknown'
  /** It says that it is of a format, and breaks that format's rules. */
  | 'file-damaged'
  /** It does what only a file made to harm does: escapes its folder, expands without end, runs code. */
  | 'file-hostile'
  /** Larger, deeper or longer than the stated limit. */
  | 'limit-exceeded'
  /** Weights without the model they belong to. */
  | 'weights-only'
  /** The path does not exist or cannot be read. */
  | 'not-found'
  /** The weights do not fit the layers. */
  | 'bad-weights'
  /** NaN or infinite weights. */
  | 'nonfinite-weights'
  /** A pickle that calls what is not on the list of known callables. */
  | 'pickle-refused'
  /** Layers or operators that cannot be known: custom, Lambda, subclassed. */
  | 'custom-object'
  /** Layers or operators that Keras, TensorFlow or ONNX has and this does not. */
  | 'unsupported-layer'
  /** An option that does not fit the model. */
  | 'option-mismatch';

type Options = ConstructorParameters<typeof FreezeframeError>[2];

/** A model that cannot be imported, and what to do next. */
export class ImportError extends FreezeframeError {
  constructor(code: ImportErrorCode, message: string, options?: Options) {
    super(code, message, options);
    this.name = 'ImportError';
  }
}

/** @throws ImportError `limit-exceeded` for more than `most` bytes, entries, axes, ... */
export function checkLimit(received: number, most: number, what: string, where: string): void {
  if (received > most) throw new ImportError('limit-exceeded', expected(`at most ${most} ${what}`, where, received));
}

/** What the converter calls a failure, and what it is to somebody who brings a file. */
const CODES: Readonly<Record<string, ImportErrorCode>> = {
  'bad-topology': 'file-damaged',
  'bad-weights': 'bad-weights',
  'file-hostile': 'file-hostile',
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
