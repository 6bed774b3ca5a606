import type { ReportPicture } from '../report-input.ts';

/** A picture of a data set. */
export type SheetPicture = Pick<ReportPicture, 'path' | 'read' | 'file' | 'label'>;

/** What a page about a data set is made of. File names and labels may hold anything. */
export interface SheetInput {
  name: string;
  /** Pictures of each label in each split, and some of them. */
  labels: readonly { label: string; counts: Readonly<Record<string, number>>; pictures: readonly SheetPicture[] }[];
  /** Groups of pictures that show nearly the same; absent where there are too many to compare. */
  duplicates?: readonly (readonly SheetPicture[])[];
  /** Pictures that are least like the others of their label, the oddest first; absent where there are too few or too many to tell. */
  odd?: readonly SheetPicture[];
  skipped: readonly { file: string; reason: string }[];
  provenance: readonly (readonly [string, string])[];
}
