import type { PackedError } from '#system';
import type { ImportOptions, ImportReport } from '../import-model.ts';
import type { ImportLimits } from './limits.ts';

/** What the importing process is sent, once. */
export interface ImportJob {
  /** The store's folder. */
  readonly store: string;
  readonly limits: ImportLimits;
  readonly options: Omit<ImportOptions, 'store' | 'onStep'>;
}

/** What it sends: any number of steps, then one of the others. */
export type ImportAnswer =
  | { readonly step: string }
  | { readonly report: ImportReport }
  | { readonly refused: PackedError }
  | {
      readonly broken: {
        readonly message: string;
        readonly stack: string | undefined;
        /** Of refusals of the operating system, which are told apart by these. */
        readonly system: Pick<NodeJS.ErrnoException, 'code' | 'syscall' | 'path'>;
      };
    };
