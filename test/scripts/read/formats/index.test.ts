import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { FormatReader } from '../../../../scripts/read/format-reader.ts';
import { FORMATS } from '../../../../scripts/read/formats/index.ts';

const folder = new URL('../../../../scripts/read/formats/', import.meta.url);
const folders = readdirSync(fileURLToPath(folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** Folders whose `reader.ts` gives nothing of the list. */
async function missing(formats: readonly FormatReader[]): Promise<string[]> {
  const listed = new Set<unknown>(formats);
  const names = folders.map(({ name }) => name);
  const readers = await Promise.all(names.map((name) => import(new URL(`${name}/reader.ts`, folder).href)));
  return names.filter((_, i) => !Object.values(readers[i] as object).some((value) => listed.has(value)));
}

it('lists the reader of every folder, each under a name of its own', async () => {
  expect(await missing(FORMATS)).toEqual([]);
  expect(new Set(FORMATS.map(({ format }) => format)).size).toBe(folders.length);
});

it('tells which is left out', async () => {
  expect(await missing(FORMATS.filter(({ format }) => format !== 'pickle'))).toEqual(['pickle']);
});
