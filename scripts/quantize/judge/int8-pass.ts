import { createEngine, type Engine, FreezeframeError, ModelError } from '@freezeframe/inference';
import { type QuantizeSubject, throwIfAborted } from '../subject.ts';
import { type Answer, answerOf, outputNames } from './answers.ts';

/** @throws FreezeframeError `precision-not-possible` where onnxruntime has no operator for some stored numbers */
export async function openStored(onnx: Uint8Array): Promise<Engine> {
  try {
    return await createEngine(onnx);
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new FreezeframeError('precision-not-possible', 'onnxruntime cannot run the graph with stored numbers', {
      cause,
      remedy: 'Leave out --precision int8, and report it with the model.',
    });
  }
}

/** What a quantized graph says of some pictures. */
export async function answersTo(
  onnx: Uint8Array,
  pictures: readonly number[],
  subject: QuantizeSubject,
  onPicture: () => void = () => undefined,
): Promise<Answer[]> {
  const engine = await openStored(onnx);
  try {
    const answers: Answer[] = [];
    for (const picture of pictures) {
      throwIfAborted(subject);
      const sample = await subject.pictures.read(picture);
      // Read before; of a file that has gone since `distinctPictures` says so.
      if (!sample) throw new Error(`picture ${picture} can no longer be read`);
      answers.push(answerOf(subject.answers, await engine.run(sample, outputNames(subject.answers))));
      onPicture();
    }
    return answers;
  } finally {
    await engine.close();
  }
}
