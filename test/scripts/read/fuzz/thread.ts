import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { FreezeframeError } from '@freezeframe/inference';
import { mulberry32 } from '../../../../scripts/system/random.ts';
import { type Files, mutate } from './mutations.ts';
import { type Seed, seeds } from './seeds.ts';

export interface FuzzJob {
  /** Module with `run(kind, files, number)`. */
  readonly subject: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** The number of the run that is under way, for whoever watches. */
  readonly at: Int32Array;
}

export type FuzzEvent =
  | { readonly escape: { readonly run: number; readonly file: string; readonly error: string } }
  | { readonly write: string }
  | { readonly done: { readonly read: number; readonly refused: number } };

const { subject, seed, from, to, at } = workerData as FuzzJob;
const tell = (event: FuzzEvent) => parentPort?.postMessage(event);

/** Reading writes nothing, and starts nothing. */
const WRITES = [
  'writeFile',
  'appendFile',
  'mkdir',
  'rename',
  'symlink',
  'link',
  'copyFile',
  'createWriteStream',
] as const;
for (const name of WRITES) {
  for (const [holder, key] of [
    [fs, name],
    [fs, `${name}Sync`],
    [fs.promises, name],
  ] as const) {
    if (key in holder) Object.assign(holder, { [key]: () => tell({ write: key }) });
  }
}
syncBuiltinESMExports();

type Run = (kind: Seed['kind'], files: Files, run: number) => Promise<unknown>;
const { run } = (await import(subject)) as { run: Run };
const files = seeds();
let [read, refused] = [0, 0];
for (let number = from; number < to; number++) {
  Atomics.store(at, 0, number);
  const random = mulberry32(seed * 1_000_003 + number);
  const chosen = files[number % files.length] as (typeof files)[number];
  const other = files[Math.floor(random() * files.length)] as (typeof files)[number];
  try {
    await run(chosen.kind, mutate(chosen.files, other.files, random), number);
    read++;
  } catch (error) {
    if (error instanceof FreezeframeError) refused++;
    else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ escape: { run: number, file: chosen.name, error: text.split('\n').slice(0, 6).join('\n') } });
    }
  }
}
tell({ done: { read, refused } });
