import type { ReportPicture } from '../report-input.ts';

/** What one version says of a picture. `known` is false for "none of these". */
export interface SaidOfPicture {
  label: string;
  probability: number;
  known?: boolean;
}

/** A picture that two versions call differently. */
export interface ComparedPicture extends Pick<ReportPicture, 'path' | 'read' | 'file'> {
  a: SaidOfPicture;
  b: SaidOfPicture;
}

/** What a page about two versions is made of. File names and labels may hold anything. */
export interface ComparisonInput {
  /** NAME@VERSION of each. */
  a: string;
  b: string;
  /** What differs in words and numbers: what it is, and what each has. */
  figures: readonly (readonly [string, string, string])[];
  /** Absent where no pictures were asked about. */
  answers?: {
    /** Pictures that both answered. */
    answered: number;
    differ: readonly ComparedPicture[];
    unreadable: readonly { file: string; reason: string }[];
  };
  provenance: readonly (readonly [string, string])[];
}
