import { mulberry32 } from '#system';
import type { CalibrationPictures } from '../subject.ts';

/** So many at least are looked at that ranges were not taken from. */
const LEAST_HELD_OUT = 200;
/** More of them change ranges no more, and more of these take long. */
const MOST_CALIBRATION = 256;
const MOST_HELD_OUT = 1_000;
/** With fewer there is nothing to take ranges from. */
const LEAST_CALIBRATION = 64;
const FOLDS = 5;
const SEED = 23;

/** Which pictures ranges are taken from, and which the result is judged by. */
export interface Deal {
  readonly kind: 'held-out' | 'cross-validated';
  /** Parts of the pictures. Held out: the first is for ranges, the second judges. Otherwise each is judged by the others' ranges. */
  readonly parts: readonly (readonly number[])[];
}

/** Deals pictures out by chance, in the same way each time. Few of them are used for both, in turns. */
export function dealPictures({ count, judgeFrom }: Pick<CalibrationPictures, 'count' | 'judgeFrom'>): Deal {
  const order = shuffled(count);
  if (judgeFrom !== undefined && judgeFrom >= LEAST_CALIBRATION && count - judgeFrom >= LEAST_HELD_OUT) {
    const [ranges, judges] = [order.filter((i) => i < judgeFrom), order.filter((i) => i >= judgeFrom)];
    return { kind: 'held-out', parts: [ranges.slice(0, MOST_CALIBRATION), judges.slice(0, MOST_HELD_OUT)] };
  }
  if (count >= LEAST_HELD_OUT + LEAST_CALIBRATION) {
    const calibration = Math.min(MOST_CALIBRATION, count - LEAST_HELD_OUT);
    const parts = [order.slice(0, calibration), order.slice(calibration, calibration + MOST_HELD_OUT)];
    return { kind: 'held-out', parts };
  }
  const parts = Array.from({ length: FOLDS }, (_, fold) => order.filter((_, i) => i % FOLDS === fold));
  return { kind: 'cross-validated', parts };
}

function shuffled(count: number): number[] {
  const random = mulberry32(SEED);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  return order;
}
