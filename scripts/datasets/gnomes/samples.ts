import { join } from 'node:path';
import { makeFolder, replaceFile } from '#system';
import type { Label } from './picture.ts';

export interface Sample {
  label: Label;
  /** Absolute or relative as the folder was given; `<label>.jpg`. */
  file: string;
}

/** Scenes of no split; chosen by eye for what they show. */
const SCENES: readonly { scene: string; label: Label }[] = [
  { scene: 'sample/14', label: 'garden-gnome' },
  { scene: 'sample/9', label: 'not-a-garden-gnome' },
];

/** Writes one picture of each class, 480 x 360 JPEG, that no training has seen: for a first try and for the README. */
export async function writeSamples(folder: string): Promise<Sample[]> {
  const { develop } = await import('./develop.ts');
  const { drawPicture } = await import('./picture.ts');
  await makeFolder(folder);
  const samples: Sample[] = [];
  for (const { scene, label } of SCENES) {
    const file = join(folder, `${label}.jpg`);
    const picture = drawPicture(scene, label, 480, 360);
    await replaceFile(file, await develop(picture, scene, { blur: 0, noise: 3, quality: 90, format: 'image/jpeg' }));
    samples.push({ label, file });
  }
  return samples;
}
