import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dated } from './changelog.ts';

/** Manifests that carry the project's version; a test finds those that are not here. */
export const MANIFESTS = [
  'package.json',
  'layers/inference/package.json',
  'packages/cli/package.json',
  'packages/create/package.json',
] as const;

/** Each file that a release changes, with its new text. Files that stay as they are are not in it. */
export async function editsFor(root: string, version: string, date: string): Promise<Map<string, string>> {
  const edits = new Map<string, string>();
  const edit = async (file: string, change: (text: string) => string) => {
    const text = await readFile(join(root, file), 'utf8');
    const changed = change(text);
    if (changed !== text) edits.set(file, changed);
  };
  for (const file of MANIFESTS) {
    await edit(file, (text) => text.replace(/^ {2}"version": "[^"]*"/m, `  "version": "${version}"`));
  }
  await edit('package-lock.json', (text) => lockWith(text, version));
  await edit('CITATION.cff', (text) =>
    text
      .replace(/^date-released: .*\n/m, '')
      .replace(/^version: .*$/m, `version: ${version}\ndate-released: '${date}'`),
  );
  await edit('CHANGELOG.md', (text) => dated(text, version, date));
  return edits;
}

/** The lock file names the project and its workspaces, each with its version. */
function lockWith(text: string, version: string): string {
  const lock = JSON.parse(text) as { version: string; packages: Record<string, { version?: string; link?: boolean }> };
  lock.version = version;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.includes('node_modules') && entry.version !== undefined) entry.version = version;
  }
  return `${JSON.stringify(lock, null, 2)}\n`;
}
