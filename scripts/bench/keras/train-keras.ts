import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Samples } from '#train';

const SCRIPT = fileURLToPath(new URL('./train_large_cnn.py', import.meta.url));

export interface KerasChild {
  readonly version: string;
  /** Trains one epoch. @returns seconds, as Keras's process measured them. */
  epoch(): Promise<number>;
  close(): void;
}

/** Starts Keras on the same samples, in a process of its own. @param python an interpreter that has Keras 3 */
export async function startKeras(python: string, samples: Samples, batchSize: number): Promise<KerasChild> {
  const folder = mkdtempSync(join(tmpdir(), 'freezeframe-keras-'));
  writeFileSync(join(folder, 'pictures'), samples.x as Uint8Array);
  writeFileSync(join(folder, 'classes'), Uint8Array.from(samples.y));
  const words = [SCRIPT, join(folder, 'pictures'), join(folder, 'classes'), String(batchSize)];
  const child = spawn(python, words, { stdio: ['pipe', 'pipe', 'ignore'] });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${python} ended with code ${code}: does it have Keras?`)));
  });
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await Promise.race([lines.next(), failed])).value);
  const close = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const version = await line();
    return {
      version,
      async epoch() {
        child.stdin.write('\n');
        return Number(await line());
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
