import { access } from 'node:fs/promises';
import { buffer as readBuffer } from 'node:stream/consumers';
import { PictureError, sniffPicture } from '@freezeframe/inference';
import { filesThatFit, picturesAt } from './find-files.ts';

/** What the user named, or what was found in a folder of it. */
export interface Named {
  readonly file: string;
  /** The same, or what reads it. */
  readonly picture: string | (() => Promise<Uint8Array>);
}

const PATTERN = /[*?[{]/;

/** Where names of pictures on stdin end: at a line's end, or at NUL, as `find -print0` writes them. */
export type NameEnd = '\n' | '\0';

/**
 * The files that are named, one after the other; of a folder its pictures, those of folders in it too, by name; of a pattern
 * (`photos/*.jpg`) what fits. On stdin (`-`) is a picture, or a list of names.
 */
export async function picturesNamed(files: readonly string[], end: NameEnd): Promise<Named[]> {
  const named: Named[] = [];
  for (const file of files) {
    for (const one of file === '-' ? await onStdin(end) : await namedBy(file)) named.push(one);
  }
  return named;
}

async function namedBy(file: string): Promise<Named[]> {
  const here = await picturesAt(file);
  if (here.length === 0) return [absent(file, `There are no pictures in the folder ${file}`)];
  // A file may be called like a pattern.
  if (here[0] !== file || !PATTERN.test(file) || (await exists(file))) return here.map(fileNamed);
  const fitting = await filesThatFit(file);
  return fitting.length > 0 ? fitting.map(fileNamed) : [absent(file, `No file fits ${file}`)];
}

async function onStdin(end: NameEnd): Promise<Named[]> {
  const bytes = await readBuffer(process.stdin);
  if (!isList(bytes, end)) return [{ file: '-', picture: async () => bytes }];
  const names = bytes
    .toString()
    .replace(/^\ufeff/, '')
    .split(end)
    .map((name) => (end === '\n' ? name.replace(/\r$/, '') : name))
    .filter((name) => name !== '');
  if (names.length === 0) return [absent('-', 'There is no name in the list on stdin')];
  const named: Named[] = [];
  for (const name of names) for (const one of await namedBy(name)) named.push(one);
  return named;
}

/** Bytes that are neither a picture nor text, and what begins as SVG or HTML does, are refused as a picture. */
function isList(bytes: Buffer, end: NameEnd): boolean {
  if (bytes.length === 0 || sniffPicture(bytes)) return false;
  return end === '\0' || !(bytes.includes(0) || bytes[0] === '<'.charCodeAt(0));
}

function fileNamed(file: string): Named {
  return { file, picture: file };
}

function absent(file: string, message: string): Named {
  return { file, picture: () => Promise.reject(new PictureError('object-absent', message)) };
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
