import type { ImportedModel } from './imported-model.ts';
import type { Source } from './source.ts';

/** One format: how it is recognised and read. One folder each, listed in `formats.ts`. */
export interface FormatReader {
  /** Stable name: stands in manifests and in `--json`. */
  readonly format: string;
  /** For people: `Keras 3 (.keras)`. */
  readonly title: string;
  /** By content, never by file name alone. Cheap: it is asked of every source. */
  recognises(source: Source): Promise<boolean>;
  /** @throws ImportError */
  read(source: Source): Promise<ImportedModel>;
}
