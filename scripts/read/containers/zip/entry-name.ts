import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';

/** Folders and files that systems and tools leave beside a model. */
const CLUTTER = /(^|\/)(__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(\/|$)/;

/** Whether an entry is of no interest: `.git/config`, `__MACOSX/._model.h5`. */
export function isClutter(name: string): boolean {
  return CLUTTER.test(name);
}

/**
 * An entry's name as it stands in an archive, made safe: forward slashes, relative, no `.` or `..`, nothing that moves a
 * terminal's cursor.
 * @throws ImportError `file-hostile`
 */
export function safeEntryName(raw: string): string {
  const name = raw.replaceAll('\\', '/');
  const hostile = (what: string) => new ImportError('file-hostile', expected(what, 'the name of an entry', raw));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(name)) {
    throw new ImportError('file-hostile', `The name of an entry has control characters: ${JSON.stringify(raw)}`);
  }
  if (name === '' || name.length > 1024) throw hostile('1 to 1024 characters');
  if (name.startsWith('/') || /^[a-zA-Z]:/.test(name)) throw hostile('a relative path');
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) throw hostile('a path below its folder');
  return name;
}

/**
 * The entry that a path within a model's file means.
 * @param folder of the file that names it: `''` or `my_model/`
 * @param what is at the path, for messages
 * @throws ImportError `file-hostile` for a path that leaves the folder
 */
export function entryWithin(folder: string, path: string, what: string): string {
  const parts = path.split('/').filter((part) => part !== '.');
  const clean = parts.length > 0 && parts.every((part) => part !== '' && part !== '..');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused.
  if (!clean || /[\u0000-\u001f\u007f\\:]/.test(path)) {
    throw new ImportError('file-hostile', expected('a path within the model’s folder', what, path));
  }
  return folder + parts.join('/');
}
