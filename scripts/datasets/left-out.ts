import { extname } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import type { Dataset, Skipped } from './dataset.ts';

/** What was left out, for a machine. */
export interface LeftOut {
  count: number;
  first: Skipped[];
}

export function leftOutOf(skipped: readonly Skipped[], shown: number): LeftOut {
  return { count: skipped.length, first: skipped.slice(0, shown) };
}

/** The same for people, a line each; nothing where nothing was left out. @param rest where all of it is to be seen. */
export function leftOutInWords(skipped: readonly Skipped[], shown: number, rest: string): string[] {
  const { count, first } = leftOutOf(skipped, shown);
  if (count === 0) return [];
  const lines = first.map(({ file, reason }) => `  ${file}: ${reason}`);
  const more = count > shown ? [`  and ${count - shown} more (${rest})`] : [];
  return [`left out: ${count}`, ...lines, ...more];
}

const NAMED = 20;

/** A refusal, and below it what was left out: whoever mends the one thing should know of the others. */
export function withLeftOut(refusal: string, skipped: readonly Skipped[]): string {
  return [refusal, ...leftOutInWords(skipped, NAMED, '--json has all')].join('\n');
}

/** Files that lie beside pictures and are none: where they are left out, nothing is lost. */
const BESIDE_PICTURES = new Set(
  '.cfg .csv .docx .htm .html .ini .js .json .jsonl .log .mat .md .names .npy .pdf .pkl .py .rst .tsv .txt .xml .yaml .yml'.split(
    ' ',
  ),
);

/** Whether a file is not called as those are that lie beside pictures: then it is missed where it is left out. */
export function mayBePicture(file: string): boolean {
  return !BESIDE_PICTURES.has(extname(file).toLowerCase());
}

/** What a model would learn from the smaller part says little of the whole. @throws FreezeframeError `dataset-unusable` */
export function refuseMostGone(kind: Dataset['kind'], kept: number, skipped: readonly Skipped[]): void {
  const isData = ({ file }: Skipped) => kind === 'table' || mayBePicture(file);
  const gone = skipped.filter(isData);
  if (gone.length <= kept) return;
  const [what, shown] = [kind === 'table' ? 'rows' : 'pictures', leftOutOf(gone, 5)];
  const reasons = shown.first.map(({ file, reason }) => `${file}: ${reason}`).join('; ');
  throw new FreezeframeError(
    'dataset-unusable',
    `${gone.length} of ${gone.length + kept} ${what} cannot be used, which is more than half: ${reasons}${gone.length > 5 ? '; ...' : ''}`,
    {
      remedy: `Mend these ${what}, or remove them if the rest is what the model should learn from.`,
      details: { skipped: shown },
    },
  );
}
