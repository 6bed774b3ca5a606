import { readFile } from 'node:fs/promises';
import { type Cost, measureCost, type Performance } from '#evaluate';
import type { StoredModel } from '#store';

/** A picture file, or one that is in no file. */
interface Sample {
  readonly path?: string | undefined;
  readonly file?: string;
  readonly read?: (() => Promise<Uint8Array>) | undefined;
}

/**
 * What a stored model takes, beside what it took before it was frozen.
 * @param samples pictures to ask about; none for a model of numbers. Those that cannot be read are passed over
 */
export async function performanceOf(
  { folder, manifest }: Pick<StoredModel, 'folder' | 'manifest'>,
  before: Cost & { readonly what: string },
  samples: readonly Sample[],
): Promise<Performance> {
  const files = samples.map(({ read, path, file = '' }) => (read ? read() : readFile(path ?? file)));
  const pictures = (await Promise.allSettled(files)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const cost = await measureCost({ folder, pictures });
  return { before, after: { ...cost, bytes: manifest.files['model.onnx'].bytes } };
}

/** What an evaluation knows of the time before freezing. */
export function asStored({ manifest: { provenance } }: Pick<StoredModel, 'manifest'>): Cost & { what: string } {
  const { sourceBytes } = provenance;
  const known = typeof sourceBytes === 'number';
  return {
    what: known ? 'what the model was frozen from, which is not at hand any more' : 'nothing is known of it any more',
    ...(known ? { bytes: sourceBytes } : {}),
  };
}
