import { createEngine } from '@freezeframe/inference';
import { type QuantizeSubject, throwIfAborted } from '../subject.ts';
import { type Answer, answerOf, outputNames } from './answers.ts';

/** What a quantized graph says of some pictures. */
export async function answersTo(
  onnx: Uint8Array,
  pictures: readonly number[],
  subject: QuantizeSubject,
  onPicture: () => void = () => undefined,
): Promise<Answer[]> {
  const engine = await createEngine(onnx);
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
