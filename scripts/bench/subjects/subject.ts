import type { Program } from '#local';
import type { ServedModel } from '../setups/served-model.ts';

/** One way to serve the same model: a process that answers API Gateway's events with the most probable labels. */
export interface Subject {
  readonly name: string;
  /** For the table: what it is made of. */
  readonly about: string;
  /**
   * Builds or installs it.
   * @throws Error with the reason where it cannot be had on this machine; the others are measured without it.
   */
  prepare(workshop: Workshop): Promise<Prepared>;
}

/** What a subject is made from. */
export interface Workshop {
  /** Gone afterwards. */
  readonly work: string;
  /** Kept: what was installed. */
  readonly cache: string;
  readonly model: ServedModel;
}

export interface Prepared {
  readonly program: Program;
  /** What would have to be deployed, unpacked. */
  readonly bytes: number;
}
