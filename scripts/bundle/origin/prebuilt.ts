import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as z from 'zod';
import type { Source } from '../files/tree.ts';
import type { PackageList } from '../layers/natives.ts';

/** Folders below `prebuilt/`, and the file that says what they are. */
export const PARTS = { functions: 'functions', inference: 'inference', about: 'about.json' } as const;

const aboutSchema = z.strictObject({
  /** Of everything that was bundled: what an earlier version of the package has made is not current. */
  digest: z.string(),
  /** Natives of every processor that Lambda has, by name, as the package's lock file had them. */
  natives: z.record(z.string(), z.strictObject({ version: z.string(), integrity: z.string() })),
});

export type About = z.infer<typeof aboutSchema>;

export async function readAbout(prebuilt: string): Promise<About> {
  return aboutSchema.parse(JSON.parse(await readFile(join(prebuilt, PARTS.about), 'utf8')));
}

/** The natives that an installed package may fetch: a project has no lock file of ours, or is another package manager's. */
export async function prebuiltNatives(prebuilt: string): Promise<PackageList> {
  const { natives } = await readAbout(prebuilt);
  return { name: 'the list in @freezeframe/cli', packages: new Map(Object.entries(natives)) };
}

/** Every file below a folder, by its path in it with forward slashes. */
export async function filesIn(folder: string): Promise<Map<string, Exclude<Source, Uint8Array>>> {
  const files = new Map<string, Exclude<Source, Uint8Array>>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(relative(folder, file).split(sep).join('/'), { file });
  }
  return files;
}
