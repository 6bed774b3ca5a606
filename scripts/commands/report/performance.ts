import { readFile } from 'node:fs/promises';
import { type Cost, type CostJob, CostMeters, type Performance } from '#evaluate';
import type { StoredModel } from '#store';

/** A picture file, or one that is in no file. */
interface Sample {
  readonly path?: string | undefined;
  readonly file?: string;
  readonly read?: (() => Promise<Uint8Array>) | undefined;
}

/** What is known of the time before freezing, and what can still be measured of it. */
type Before = Cost & { readonly what: string; readonly job?: CostJob };

/**
 * What a stored model takes, beside what it took before it was frozen.
 * @param samples pictures to ask about; none for a model of numbers. Those that cannot be read are passed over
 * @param meters two of them, where they were started before
 */
export async function performanceOf(
  { folder, manifest }: Pick<StoredModel, 'folder' | 'manifest'>,
  { job, ...known }: Before,
  samples: readonly Sample[],
  meters = new CostMeters(job ? 2 : 1),
): Promise<Performance> {
  try {
    const files = samples.map(({ read, path, file = '' }) => (read ? read() : readFile(path ?? file)));
    const pictures = (await Promise.allSettled(files)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    const [cost, before] = await meters.measure([{ folder, pictures }, ...(job ? [job] : [])]);
    return { before: { ...before, ...known }, after: { ...cost, bytes: manifest.files['model.onnx'].bytes } };
  } finally {
    meters.close();
  }
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
