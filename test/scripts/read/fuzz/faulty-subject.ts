import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportError } from '../../../../scripts/guards/import-error.ts';
import type { Files } from './mutations.ts';

const hoard: Uint8Array[] = [];

/** A reader with every fault that the gate is there to find. */
export async function run(_: string, files: Files, which: number): Promise<undefined> {
  if (which === 3) throw new TypeError(`undefined is not a function (${Object.keys(files)[0]})`);
  if (which === 5) for (;;) Math.sin(which);
  if (which === 6) writeFileSync(join(tmpdir(), 'freezeframe-fuzz-never-written'), '');
  if (which === 7) hoard.push(new Uint8Array(200e6).fill(1));
  if (which === 8) throw new ImportError('file-damaged', 'as it should be');
  return undefined;
}
