import { copyFile, readFile, rename, stat, utimes } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import type { UploadReport } from '#local';

/** One picture of each class, named after what it shows. */
const NAMES = ['garden-gnome.jpg', 'not-a-garden-gnome.jpg'];

/** The sample pictures' files, absolute; drawn if they are not there (jimp is loaded only then). */
export async function ensureSamples(folder: string): Promise<string[]> {
  const files = NAMES.map((name) => resolve(folder, name));
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  if (found.every((each) => each?.isFile())) return files;
  const { writeSamples } = await import('#datasets');
  const samples = await writeSamples(folder);
  return samples.map(({ label }) => join(resolve(folder), `${label}.jpg`));
}

/** What the gateway said of one picture. */
export interface Tried {
  readonly file: string;
  /** A result object. */
  readonly result: unknown;
  readonly milliseconds: number;
}

/** Sends a picture to the gateway as any client would. @throws FreezeframeError `not-answered` */
export async function tryOverHttp(
  url: string,
  file: string,
  credentials: Readonly<Record<string, string>> = {},
): Promise<Tried> {
  const body = await readFile(file);
  const started = performance.now();
  const headers = { 'content-type': 'image/jpeg', ...credentials };
  const response = await fetch(`${url}/classify`, { method: 'POST', headers, body });
  const text = await response.text();
  const milliseconds = performance.now() - started;
  if (response.ok) return { file, result: JSON.parse(text), milliseconds };
  throw new FreezeframeError(
    'not-answered',
    `The gateway answered ${basename(file)} with ${response.status}: ${text}`,
    {
      remedy: 'Its log above says why.',
    },
  );
}

/** Puts a copy of the picture into the watched folder, whole at once and as new. @returns its key. */
export async function dropUpload(file: string, folder: string): Promise<string> {
  const key = basename(file);
  const scratch = join(folder, `.${key}`);
  await copyFile(file, scratch);
  const now = new Date();
  await utimes(scratch, now, now);
  await rename(scratch, join(folder, key));
  return key;
}

/** Reports of uploads as they come, and a way to wait for one. */
export class UploadWaiter {
  readonly #waiting = new Map<string, (report: UploadReport) => void>();

  /** @returns true where somebody was waiting for it. */
  take(report: UploadReport): boolean {
    const resolve = this.#waiting.get(report.key);
    this.#waiting.delete(report.key);
    resolve?.(report);
    return resolve !== undefined;
  }

  /** @throws FreezeframeError `not-answered` when `milliseconds` are over. */
  wait(key: string, milliseconds: number): Promise<UploadReport> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(key);
        reject(new FreezeframeError('not-answered', `The upload ${key} was not answered in ${milliseconds} ms.`));
      }, milliseconds);
      this.#waiting.set(key, (report) => {
        clearTimeout(timer);
        resolve(report);
      });
    });
  }
}
