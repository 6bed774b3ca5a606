import { FreezeframeError } from '@freezeframe/inference';

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
