import { expected, FreezeframeError, RequestError } from '@freezeframe/inference';

/** In place of an answer that does not get through: whoever carries it would say no more than that. */
export function answerTooLarge(bytes: number, most: number): RequestError {
  return new RequestError('answer-too-large', expected(`at most ${most} bytes`, 'the answer', bytes), {
    remedy: 'Ask about fewer pictures or rows at a time, for fewer predictions, or name the outputs that you need.',
  });
}

/** The same of one picture's result, where it is written down or told with others. */
export function resultTooLarge(bytes: number, most: number): FreezeframeError {
  return new FreezeframeError('result-too-large', expected(`at most ${most} bytes`, 'the result', bytes), {
    remedy: 'Ask for fewer predictions: {"topK": 20}.',
  });
}
