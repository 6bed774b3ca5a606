import { createHash } from 'node:crypto';
import { type Classifier, FreezeframeError, PictureError, type Result, type Timings } from '@freezeframe/inference';
import { readPicture } from './read-picture.ts';

/** A picture that is to be answered. */
export interface Asked {
  /** Its file, or what reads its bytes. */
  readonly picture: string | (() => Promise<Uint8Array>);
  /** A label whose probability is wanted, however small it is. */
  readonly label?: string;
}

/** What goes to a thread: bytes that were read already, where there is no file. */
export type Job = Omit<Asked, 'picture'> & { readonly picture: string | Uint8Array };

export interface Answered {
  readonly result: Result;
  /** The probability of the label that was asked about. */
  readonly own?: number;
  /** sha256 (hex) of the picture's bytes, with a label that was asked about: nobody has to read the picture again for it. */
  readonly digest?: string;
  readonly spent: Timings;
}

/** A picture that cannot be answered; the others can. */
export interface Refused {
  readonly error: FreezeframeError;
}

export type Said = Answered | Refused;

/** Reads, decodes and runs one picture. @throws what is not the picture's fault: see `Classifier.classify`. */
export async function ask(classifier: Classifier, { picture, label }: Job, topK: number | undefined): Promise<Said> {
  try {
    const bytes = typeof picture === 'string' ? await readPicture(picture) : picture;
    let spent: Timings = { decode: 0, run: 0 };
    const onTimings = (timings: Timings) => {
      spent = timings;
    };
    if (label === undefined) {
      const result = await classifier.classify(bytes, { ...(topK === undefined ? {} : { topK }), onTimings });
      return { result, spent };
    }
    const digest = createHash('sha256').update(bytes).digest('hex');
    const result = await classifier.classify(bytes, { topK: Number.MAX_SAFE_INTEGER, onTimings });
    if (!('predictions' in result)) return { result, digest, spent };
    const own = result.predictions.find((one) => one.label === label)?.probability ?? 0;
    // Of a thousand labels the first few go to the other thread.
    return { result: { ...result, predictions: result.predictions.slice(0, topK) }, own, digest, spent };
  } catch (error) {
    return refused(error);
  }
}

/** @throws what stops all pictures. */
export function refused(error: unknown): Refused {
  const ofPicture = error instanceof PictureError;
  const ofAnswer = error instanceof FreezeframeError && error.code === 'model-output-invalid';
  if (ofPicture || ofAnswer) return { error };
  throw error;
}
