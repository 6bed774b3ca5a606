import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../scripts/store/places.ts';

const COMMAND = fileURLToPath(new URL('../../../scripts/freezeframe.js', import.meta.url));

let folder: string;
let store: string;
let table: string;
let pictures: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-train-command-'));
  store = join(folder, 'store');
  table = join(folder, 'rooms.csv');
  const rows = Array.from(
    { length: 120 },
    (_, i) => `${(i % 12) + 20},${(i * 7) % 5},${1000 * ((i % 12) + 20) + 500 * ((i * 7) % 5)}`,
  );
  await writeFile(table, ['size,rooms,price ($)', ...rows].join('\n'));
  pictures = join(folder, 'pictures');
  for (const [label, colour] of [
    ['dark', 40],
    ['light', 190],
  ] as const) {
    await mkdir(join(pictures, label), { recursive: true });
    for (let i = 0; i < 20; i++) {
      const background = { r: colour + i, g: colour, b: colour + 2 * i };
      const file = join(pictures, label, `${i}.png`);
      await sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .png()
        .toFile(file);
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param stopWhen stderr in which the process is interrupted, as Ctrl-C does it */
function run(words: readonly string[], stopWhen?: RegExp): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, 'train', ...words], {
    env: { ...process.env, FREEZEFRAME_STORE: store },
  });
  let [stdout, stderr] = ['', ''];
  let stopped = false;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
    if (stopped || !stopWhen?.test(stderr)) return;
    stopped = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** Trainings that could be resumed. */
async function checkpoints(): Promise<string[]> {
  return (await readdir(join(store, 'training'))).filter((file) => file.includes('checkpoint'));
}

describe('freezeframe train', () => {
  it('trains on a table, answers in its unit and ends with one JSON line', async () => {
    const { code, stdout, stderr } = await run([table, '--name', 'prices', '--epochs', '30', '--json']);
    expect(stderr).toContain('Training mlp on');
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBe(1);
    const result = JSON.parse(lines[0] as string);
    expect(result).toMatchObject({ name: 'prices', version: '1', production: '1', backend: 'onnx', warnings: [] });
    expect(result.constant).toMatchObject({ verdict: 'better', meanAbsoluteError: expect.any(Number) });
    // Prices are 20,000 to 33,000: a model that learned nothing errs by thousands.
    expect(result.metrics.meanAbsoluteError).toBeLessThan(1500);
    expect(result.metrics.meanAbsoluteError).toBeGreaterThan(0);
    expect(await checkpoints()).toEqual([]);
  });

  it('trains on pictures, and goes on after Ctrl-C with the same command and --resume', async () => {
    const words = [
      pictures,
      '--name',
      'light',
      '--size',
      '32',
      '--epochs',
      '80',
      '--patience',
      '80',
      '--batch-size',
      '8',
    ];
    const stopped = await run([...words, '--json'], /Epoch 2\/80/);
    expect(stopped.code).toBe(1);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      error: { code: 'interrupted', remedy: expect.stringContaining('--resume') },
    });
    expect(await checkpoints()).toEqual(['light.checkpoint']);
    const { code, stdout, stderr } = await run([...words, '--resume']);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/Epoch 1\/80/);
    expect(stdout).toMatch(/^Small CNN: accuracy \d+\.\d % \(95 % interval [\d.]+-[\d.]+ %, \d+ test pictures\)$/m);
    expect(stdout).toMatch(/^light@1: /m);
    expect(await checkpoints()).toEqual([]);
  });

  it('keeps a training that ran away out of production, and says so and why', async () => {
    const rows = [table, '--name', 'away', '--epochs', '5', '--learning-rate', '10'];
    const { code, stdout, stderr } = await run([...rows, '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ version: '1', production: null, constant: { verdict: 'not-better' } });
    expect(result.metrics.meanAbsoluteError).toBeGreaterThan(result.constant.meanAbsoluteError);
    expect(result.warnings).toEqual([
      expect.stringMatching(/^On \d+ test rows it is not better than always answering/),
      expect.stringContaining('try a lower --learning-rate'),
      ...result.warnings.slice(2),
    ]);
    for (const warning of result.warnings) expect(stderr).toContain(`WARNING: ${warning}`);
    await expect(openStore(store).resolve('away')).rejects.toMatchObject({ code: 'tag-not-found' });

    const healthy = await run([table, '--name', 'away', '--epochs', '30']);
    expect(healthy.stdout).not.toMatch(/WARNING|production/);
    expect((await openStore(store).resolve('away')).version).toBe('2');
    const again = await run([...rows, '--seed', '2']);
    expect(again.stdout).toMatch(/^WARNING: On \d+ test rows/m);
    expect(again.stdout).toContain(
      'away still answers with version 2. To use this one: freezeframe models tag away@3 production',
    );
  });

  it('keeps one answer to every picture out of production', async () => {
    const words = [pictures, '--name', 'same', '--size', '8', '--epochs', '1', '--learning-rate', '1e-9'];
    const { stdout } = await run([...words, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      production: null,
      metrics: { accuracyLow: expect.any(Number), accuracyHigh: expect.any(Number) },
      constant: { verdict: 'not-better' },
      warnings: [
        expect.stringContaining('pictures it is not better than always answering'),
        expect.any(String),
        expect.any(String),
      ],
    });
  });

  it('says that there is nothing to resume, before it reads the data', async () => {
    const { code, stdout, stderr } = await run(['no-such-folder', '--name', 'fresh', '--resume', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'nothing-to-resume' } });
    expect(stderr).toContain('Leave --resume out');
  });
});
