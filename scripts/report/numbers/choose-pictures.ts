import type { ReportPicture } from '../report-input.ts';

/** A row and a column of the confusion matrix that has pictures. */
export interface Cell {
  is: string;
  called: string;
  count: number;
  /** Some of them: mistakes with the surest first, right answers with the least sure first. */
  pictures: readonly ReportPicture[];
}

export interface ChosenPictures {
  /** Wrong answers, the surest first. */
  worst: readonly ReportPicture[];
  /** The least sure answers, right or wrong. */
  unsure: readonly ReportPicture[];
  /** Pictures that the model is sure are of another label. */
  suspects: readonly ReportPicture[];
  suspectCount: number;
  /** Pictures that are least like the others, where that was measured. */
  odd: readonly ReportPicture[];
  /** Answered with "none of these", the least sure first. */
  rejected: readonly ReportPicture[];
  /** The commonest mistakes first, then what was right. */
  cells: readonly Cell[];
}

const SHOWN = 24;
const ODD_SHOWN = 12;
const OF_A_MISTAKE = 12;
const OF_RIGHT_ONES = 6;
/** A label is suspect where another has at least the one and its own less than the other. */
const SURE_OF_ANOTHER = 0.9;
const HARDLY_ITS_OWN = 0.1;

export function choosePictures(pictures: readonly ReportPicture[]): ChosenPictures {
  const surest = first(pictures, SHOWN, isWrong, ({ probability }) => -probability);
  const suspects = pictures.filter(isSuspect);
  return {
    worst: surest,
    unsure: first(
      pictures,
      SHOWN / 2,
      () => true,
      ({ probability }) => probability,
    ),
    suspects: first(suspects, SHOWN, isSuspect, ({ own }) => own),
    suspectCount: suspects.length,
    odd: first(
      pictures,
      ODD_SHOWN,
      ({ score }) => score !== undefined,
      ({ score = 0 }) => -score,
    ),
    rejected: first(
      pictures,
      ODD_SHOWN,
      ({ known }) => known === false,
      ({ probability }) => probability,
    ),
    cells: cellsOf(pictures),
  };
}

function isWrong({ label, called }: ReportPicture): boolean {
  return label !== called;
}

function isSuspect({ label, called, probability, own }: ReportPicture): boolean {
  return called !== label && probability >= SURE_OF_ANOTHER && own < HARDLY_ITS_OWN;
}

/** The first few in order of `by`; equals stay in the order they came in. */
function first(
  pictures: readonly ReportPicture[],
  most: number,
  which: (picture: ReportPicture) => boolean,
  by: (picture: ReportPicture) => number,
): ReportPicture[] {
  return pictures
    .filter(which)
    .sort((a, b) => by(a) - by(b))
    .slice(0, most);
}

function cellsOf(pictures: readonly ReportPicture[]): Cell[] {
  const groups = new Map<string, ReportPicture[]>();
  for (const picture of pictures) {
    const key = JSON.stringify([picture.label, picture.called]);
    const group = groups.get(key);
    if (group) group.push(picture);
    else groups.set(key, [picture]);
  }
  const cells = [...groups.values()].map((group): Cell => {
    const { label, called } = group[0] as ReportPicture;
    const wrong = label !== called;
    const some = first(
      group,
      wrong ? OF_A_MISTAKE : OF_RIGHT_ONES,
      () => true,
      ({ probability }) => (wrong ? -probability : probability),
    );
    return { is: label, called, count: group.length, pictures: some };
  });
  const isRight = ({ is, called }: Cell) => Number(is === called);
  return cells.sort((a, b) => isRight(a) - isRight(b) || b.count - a.count);
}
