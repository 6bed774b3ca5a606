import { type Accuracy, accuracyOf, reliability } from '#evaluate';
import { eachAnswer, largest } from './head/answers.ts';
import { sharpened } from './head/temperature.ts';
import type { Candidate, TransferModel } from './transfer.ts';

/** A picture and what a head that has not seen it says. */
export interface HeldOutAnswer {
  readonly file: string;
  readonly path: string;
  readonly label: string;
  readonly called: string;
  /** Of what it was called. */
  readonly probability: number;
  /** Of its own label. */
  readonly own: number;
  /** How far from all that was learnt; above the threshold it is none of the labels. */
  readonly score?: number;
}

export interface Quality extends Accuracy {
  readonly count: number;
}

export function qualityOf(right: number, count: number): Quality {
  return { ...accuracyOf(right, count), count };
}

/** What each picture is called by the head of its fold. */
export async function heldOutAnswers(
  { pictures, data, foldOf, outOfFold }: Candidate,
  labels: readonly string[],
  { temperature, unknown }: TransferModel,
): Promise<HeldOutAnswer[]> {
  const answers: HeldOutAnswer[] = [];
  await eachAnswer(data.features, [outOfFold.heads], foldOf, (row, probabilities) => {
    const { file, path, label } = pictures[row] as (typeof pictures)[number];
    const own = sharpened(probabilities, temperature);
    const first = largest(own);
    answers[row] = {
      file,
      path,
      label,
      called: labels[first] as string,
      probability: own[first] as number,
      own: own[data.classes[row] as number] as number,
      ...(unknown ? { score: unknown.scores[row] as number } : {}),
    };
  });
  return answers;
}

export function qualityOfAnswers(answers: readonly HeldOutAnswer[]) {
  const right = answers.filter(({ label, called }) => label === called).length;
  const loss = answers.reduce((sum, { own }) => sum - Math.log(Math.max(own, 1e-12)), 0) / answers.length;
  const sure = answers.map(({ probability, label, called }) => ({ probability, right: label === called }));
  return {
    right,
    quality: { ...qualityOf(right, answers.length), loss, calibrationError: reliability(sure).error ?? 0 },
  };
}
