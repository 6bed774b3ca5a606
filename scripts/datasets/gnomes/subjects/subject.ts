import type { Random } from '#system';
import type { Pen } from '../pen.ts';

/** Something that stands in a garden. It is drawn 1 unit high, its feet at 0, 0, y up, x from about -width/2. */
export interface Subject {
  readonly name: string;
  /** About how wide it is, as a share of its height: the size of its shadow. */
  readonly width: number;
  /** How tall it usually is beside a garden gnome (1). */
  readonly tall: number;
  draw(pen: Pen, random: Random): void;
}
