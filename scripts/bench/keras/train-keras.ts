import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Samples } from '#train';

const SCRIPT = fileURLToPath(new URL('./train_large_cnn.py', import.meta.url));

/** What an epoch took. Where other programs keep the cores busy, processor time still says how much work it was. */
export interface EpochCost {
  readonly seconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
}

export interface KerasChild {
  readonly version: string;
  /** Trains one epoch; it is Keras's process that measures. */
  epoch(): Promise<EpochCost>;
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
        const [seconds = Number.NaN, processorSeconds = Number.NaN] = (await line()).split(' ').map(Number);
        return { seconds, processorSeconds };
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
