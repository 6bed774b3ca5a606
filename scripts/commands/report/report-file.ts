import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';

/** Where the page of a version lies: beside the models, which never change, and not among them. */
export function reportFile(storeRoot: string, { stored }: { stored: { name: string; version: string } }): string {
  return join(storeRoot, 'reports', `${stored.name}-${stored.version}.html`);
}

/**
 * Writes the page of a version that is saved: who sees only that a page failed would train again.
 * @throws FreezeframeError `output-not-writable` where the system refuses
 */
export async function writeVersionPage(
  { name, version }: { readonly name: string; readonly version: string },
  page: string,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (typeof (cause as NodeJS.ErrnoException).syscall !== 'string') throw cause;
    throw new FreezeframeError('output-not-writable', `${name}@${version} is saved; its page cannot be: ${page}`, {
      cause,
      remedy: 'Make room on the disk, or give the rights. The same command writes the page again.',
    });
  }
}

/** How a command says that there is a page. */
export function pageLine(file: string): string {
  return `Mistakes, charts, size and speed: ${file}`;
}

/** Before the work, not after it. @throws FreezeframeError `used-wrongly` for a folder */
export async function checkReportFile(file: string): Promise<void> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder)
    throw new FreezeframeError('used-wrongly', expected('a file', '--report', file), {
      remedy: 'Name a file to write, such as report.html.',
    });
}
