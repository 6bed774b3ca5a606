import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../../scripts/system/random.ts';
import { onnxBackend } from '../../../scripts/train/backends/onnx.ts';
import { type Checkpoint, readCheckpoint } from '../../../scripts/train/checkpoint.ts';
import { train } from '../../../scripts/train/train.ts';
import { endless, tinyData, tinyTask } from './tiny.ts';

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));
const KILLS = 20;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs, and is killed a moment after it has finished so many epochs. */
async function runAndKill(checkpoint: string, afterEpochs: number, delay: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, checkpoint], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let epochs = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    epochs += chunk.toString().trim().split('\n').length;
    if (epochs >= afterEpochs) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  return new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
}

interface State {
  readonly history: readonly { seconds: number }[];
  readonly best: unknown;
}

/** The same training in this process, without a kill, as it was after so many epochs. */
async function uninterrupted(checkpoint: string, epochs: number) {
  const controller = new AbortController();
  const training = train({
    backend: await onnxBackend(),
    task: tinyTask(),
    data: tinyData,
    settings: endless,
    checkpoint,
    signal: controller.signal,
    onEpoch: ({ epoch }) => epoch === epochs && controller.abort(),
  });
  await expect(training).rejects.toMatchObject({ code: 'interrupted' });
  return readCheckpoint<State>(checkpoint);
}

/** Everything but the time that it took. */
function comparable(checkpoint: Checkpoint<State> | undefined) {
  const { history = [], ...rest } = checkpoint?.state ?? {};
  const vectors = [...(checkpoint?.vectors ?? [])].map(([name, vector]) => [
    name,
    Buffer.from(vector.buffer).toString('hex'),
  ]);
  return { ...rest, history: history.map((epoch) => ({ ...epoch, seconds: 0 })), vectors };
}

describe('a training that is killed again and again', () => {
  it(`can be read after each of ${KILLS} kills, and is where one that was left alone would be`, async () => {
    const checkpoint = join(folder, 'killed.checkpoint');
    const random = stream(1, 'kills');
    let before = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // At any moment of a step, of a checkpoint, and of what comes between: an epoch takes some 10 ms.
      expect(await runAndKill(checkpoint, 1 + (kill % 2), random.between(0, 25))).toBe('SIGKILL');
      const state = (await readCheckpoint<State>(checkpoint))?.state;
      expect(state?.history.length).toBeGreaterThan(before);
      before = state?.history.length ?? 0;
    }
    const alone = await uninterrupted(join(folder, 'alone.checkpoint'), before);
    expect(comparable(await readCheckpoint<State>(checkpoint))).toEqual(comparable(alone));
    // Twenty starts of a process.
  }, 240_000);
});
