import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** One picture of each class, named after what it shows. */
const NAMES = ['garden-gnome.jpg', 'not-a-garden-gnome.jpg'];

/** The sample pictures' files, absolute; drawn if they are not there (jimp is loaded only then). */
export async function ensureSamples(folder: string): Promise<string[]> {
  const files = NAMES.map((name) => resolve(folder, name));
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  if (found.every((each) => each?.isFile())) return files;
  const { writeSamples } = await import('#datasets');
  const samples = await writeSamples(folder);
  return samples.map(({ label }) => join(resolve(folder), `${label}.jpg`));
}
