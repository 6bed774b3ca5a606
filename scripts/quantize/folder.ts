import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { decodePicture, expected, FreezeframeError, type PictureInput } from '@freezeframe/inference';
import { isLitter, isPictureFile, readPicture, reasonOf } from '#datasets';
import type { CalibrationPictures } from './subject.ts';

/**
 * The pictures of a folder and of folders in it. Of those in a folder that is called like a label, that label is the right answer.
 * @throws FreezeframeError `calibration-unusable`
 */
export async function folderPictures(
  folder: string,
  input: PictureInput,
  labels: readonly string[],
): Promise<CalibrationPictures> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((cause) => {
    throw new FreezeframeError('calibration-unusable', expected('a folder of pictures', '--calibrate', folder), {
      cause,
      remedy: 'Name a folder with some hundred pictures, in folders called like the labels or not.',
    });
  });
  const files = entries
    .filter((entry) => !entry.isDirectory() && isPictureFile(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).split(/[/\\]/).some(isLitter))
    .sort();
  return filePictures(
    files.map((path) => ({ path, label: basename(dirname(path)) })),
    input,
    labels,
  );
}

/** Picture files, with labels that may be among the model's. */
export function filePictures(
  files: readonly { readonly path: string; readonly label: string }[],
  input: PictureInput,
  labels: readonly string[],
): CalibrationPictures {
  const numbers = new Map(labels.map((label, number) => [label, labels.indexOf(label) === number ? number : -1]));
  return {
    count: files.length,
    label: (picture) => {
      const number = numbers.get((files[picture] as (typeof files)[number]).label);
      return number === undefined || number < 0 ? undefined : number;
    },
    read: async (picture) => {
      const { path } = files[picture] as (typeof files)[number];
      try {
        return sampleOf(await decodePicture(await readPicture(path), input), input);
      } catch (error) {
        // Throws on where it is not the file's fault.
        reasonOf(error);
        return undefined;
      }
    },
  };
}

/** One picture as a graph takes it. */
function sampleOf(data: Uint8Array, { name, height, width, channels }: PictureInput) {
  return { [name]: { datatype: 'UINT8' as const, shape: [1, height, width, channels], data } };
}
