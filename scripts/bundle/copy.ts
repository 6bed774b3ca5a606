import { copyFile, link, readdir, readlink, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { makeFolder } from '#system';
import { alone } from './lock.ts';
import { isUnfinished, removeAbandoned, runningName } from './publish.ts';

export interface BuildCopy {
  readonly folder: string;
  remove(): Promise<void>;
}

let copies = 0;

/**
 * What runs from a build keeps the files that it began with, whatever is bundled meanwhile: functions load parts of
 * themselves, and models, when they first need them. The copy is in the build folder; its files are hard links where that is
 * possible, which cost nothing: a bundle replaces files and never writes into them.
 * @param folders `functions/http`, `layers/model`, ...
 * @param from the build's folder for one of these, if it is another one.
 * @throws FreezeframeError `not-built` where there is none, or a bundle was ended while it was put in place.
 */
export async function copyBuild(
  buildDir: string,
  folders: readonly string[],
  from: Readonly<Record<string, string>> = {},
): Promise<BuildCopy> {
  await assertBuilt(buildDir);
  await removeAbandoned(buildDir);
  const folder = join(buildDir, runningName(process.pid, ++copies));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await alone(buildDir, 'publishing', async () => {
      if (await isUnfinished(buildDir)) {
        throw new FreezeframeError('not-built', 'The last bundle was ended half-way: parts of two lie there.', {
          remedy: 'Run freezeframe bundle again.',
        });
      }
      for (const name of folders) {
        const source = join(from[name] ?? buildDir, name);
        await assertBuilt(source);
        await linkTree(source, join(folder, name));
      }
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, remove };
}

async function assertBuilt(folder: string): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  throw new FreezeframeError('not-built', `There is no ${folder}: nothing has been built yet.`, {
    remedy: 'Run freezeframe bundle first (npm start does all that is needed).',
  });
}

async function linkTree(source: string, target: string): Promise<void> {
  await makeFolder(target);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [file, copy] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await linkTree(file, copy);
    else if (entry.isSymbolicLink()) await symlink(await readlink(file), copy);
    // Some file systems have no hard links.
    else await link(file, copy).catch(async () => ((await stat(file)).isFile() ? copyFile(file, copy) : undefined));
  }
}
