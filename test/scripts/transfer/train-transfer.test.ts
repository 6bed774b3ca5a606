import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClassifier } from '@freezeframe/inference';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPictures, loadDataset } from '../../../scripts/datasets/index.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { describeTransfer, transferLine } from '../../../scripts/transfer/describe.ts';
import { trainTransfer } from '../../../scripts/transfer/train-transfer.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'train transfer-'));
  for (const [label, colour] of [
    ['red', RED],
    ['blue', BLUE],
  ] as const) {
    await mkdir(join(root, 'photos', label), { recursive: true });
    for (let i = 0; i < 6; i++) await writeFile(join(root, 'photos', label, `${i}.png`), await ball(colour, i));
  }
  await writeFile(join(root, 'photos', 'red', 'broken.jpg'), 'no picture');
});
afterAll(() => rm(root, { recursive: true }));

const [WIDTH, HEIGHT] = [120, 90];

/** A disc on grey. */
function ball(colour: readonly number[], i: number): Promise<Buffer> {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3, 221);
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    if (Math.hypot(x - 30 - i * 8, y - 40 - i * 2) < 18 + i) pixels.set(colour, at * 3);
  }
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png()
    .toBuffer();
}

const [RED, BLUE] = [
  [200, 30, 30],
  [30, 60, 200],
] as const;

async function train(options: Partial<Parameters<typeof trainTransfer>[0]> = {}) {
  const found = await findPictures(join(root, 'photos'));
  if (!found) throw new Error('no pictures');
  return trainTransfer({
    name: 'balls',
    found,
    spec: 'photos',
    backbone: 'mobilenet-edgetpu',
    background: [],
    seed: 1,
    store: openStore(join(root, 'store')),
    storeRoot: join(root, 'store'),
    ...options,
  });
}

describe('trainTransfer', () => {
  it('trains, verifies and saves a model that answers', async () => {
    const report = await train();
    expect(report.quality.accuracy).toBe(1);
    expect(report.quality.accuracyLow).toBeLessThan(0.8);
    expect(report.skipped.map(({ file }) => file)).toEqual(['red/broken.jpg']);
    const { output, metrics, provenance } = report.stored.manifest;
    expect(provenance.learnt).toMatchObject({ count: 12 });
    expect(output).toMatchObject({ labels: ['blue', 'red'], heatmap: { rows: 7, columns: 7 } });
    expect(metrics).toMatchObject({ after: { accuracy: 1, count: 12 }, verification: { samples: 12, pictures: 3 } });
    const classifier = await openClassifier(report.stored.folder);
    const result = await classifier.classify(await ball(RED, 2));
    await classifier.close();
    expect(result).toMatchObject({ predictions: [{ label: 'red' }, { label: 'blue' }] });
    expect(describeTransfer(report)).toContain('100.0 % (95 % interval 75.8-100.0 %, 12 pictures), by 5-fold');
    expect(transferLine(report)).toMatchObject({
      name: 'balls',
      production: '1',
      constant: { verdict: 'better' },
      warnings: [],
      skipped: { count: 1 },
    });
  });

  it('keeps a head that has learnt nothing out of production, and says so', async () => {
    // The same balls under two labels by turns: nothing tells the labels apart.
    const folder = join(root, 'shuffled');
    for (let i = 0; i < 16; i++) {
      const label = join(folder, i % 4 < 2 ? 'odd' : 'even');
      await mkdir(label, { recursive: true });
      await writeFile(join(label, `${i}.png`), await ball(i % 2 === 0 ? RED : BLUE, i / 2));
    }
    const found = await findPictures(folder);
    const report = await train({ name: 'shuffled', ...(found ? { found } : {}) });
    expect(report).toMatchObject({ constant: { verdict: 'not-better' }, production: null });
    expect(describeTransfer(report)).toMatch(/^WARNING: On 16 pictures it is not better than always answering/m);
    expect(describeTransfer(report)).toMatch(/^WARNING: There is too little of .* to learn from, 8 pictures:/m);
    expect(describeTransfer(report)).toContain('No version of shuffled is in production.');
  });

  it('tests on nothing that was learnt, and accounts for every file', async () => {
    const folder = join(root, 'split');
    const put = async (file: string, bytes: Uint8Array) => {
      await mkdir(join(folder, file, '..'), { recursive: true });
      await writeFile(join(folder, file), bytes);
    };
    for (const [label, colour] of [['red', RED] as const, ['blue', BLUE] as const]) {
      for (let i = 0; i < 8; i++) await put(`train/${label}/${i}.png`, await ball(colour, i));
      for (const i of [6, 8, 9]) await put(`test/${label}/t${i}.png`, await ball(colour, i));
      await put(`train/${label}/copy.png`, await ball(colour, 0));
    }
    await put(
      'test/red/near.png',
      await sharp(await ball(RED, 1))
        .resize(WIDTH * 2)
        .png()
        .toBuffer(),
    );
    await put('test/blue/wrong.png', await ball(RED, 3));
    await put('test/blue/broken.jpg', Buffer.from('no picture'));
    await put('train/loose.bmp', Buffer.from('BM'));
    await put('loose.heic', Buffer.from('no picture'));
    await put('notes.txt', Buffer.from('no picture'));
    const found = await findPictures(folder);
    const report = await train({ name: 'split', ...(found ? { found } : {}) });
    const reasons = Object.fromEntries(report.skipped.map(({ file, reason }) => [file, reason]));
    expect(reasons).toMatchObject({
      'loose.heic': 'not in a class folder',
      'train/loose.bmp': 'not in a class folder',
      'train/red/6.png': 'the same bytes are in test/',
      'train/blue/6.png': 'the same bytes are in test/',
      'train/red/3.png': 'the same bytes are in blue and red',
      'test/blue/wrong.png': 'the same bytes are in blue and red',
      'test/blue/broken.jpg': expect.stringMatching(/^Expected JPEG/),
      'test/red/near.png': 'nearly the same as train/red/1.png',
    });
    // One folder has one digest, whatever is trained on it and however it is dealt out.
    const dataset = await loadDataset(folder, { cacheDir: join(root, 'cache'), seed: 7, size: 16 });
    expect(report.stored.manifest.provenance.dataset).toEqual({ name: 'split', digest: dataset.digest });
    expect(report.copies).toEqual([
      ['train/blue/0.png', 'train/blue/copy.png'],
      ['train/red/0.png', 'train/red/copy.png'],
    ]);
    const copies = report.copies.reduce((sum, files) => sum + files.length - 1, 0);
    const pictures = report.quality.count + (report.test?.count ?? 0);
    expect(pictures + copies + report.skipped.length).toBe(29);
    expect(describeTransfer(report)).toContain('Copies, each counted once: train/blue/0.png = train/blue/copy.png');
  });

  it('gives the same file for the same pictures, and runs none of them again', async () => {
    const [first, second] = [await train(), await train()];
    expect(second.stored.digest).toBe(first.stored.digest);
    expect(second.stored.version).toBe(first.stored.version);
  });

  it('gives the same file where features lie on disk', async () => {
    const [first, second] = [await train(), await train({ inMemory: 0 })];
    expect(second.stored.digest).toBe(first.stored.digest);
    const folders = await readdir(join(root, 'store', 'cache', 'features'), { recursive: true });
    expect(folders.filter((file) => file.endsWith('.scratch'))).toEqual([]);
  });

  it('takes a label under a new name from the cache', async () => {
    await rename(join(root, 'photos', 'red'), join(root, 'photos', 'scarlet'));
    const report = await train({ backbone: 'mobilenet-edgetpu' });
    await rename(join(root, 'photos', 'scarlet'), join(root, 'photos', 'red'));
    expect(report.labels).toEqual(['blue', 'scarlet']);
  });

  it('leaves "none of these" out where it is not wanted', async () => {
    const { stored, model } = await train({ background: false });
    expect(model.unknown).toBeUndefined();
    expect(stored.manifest.output).not.toHaveProperty('unknown');
  });

  it('takes a model of the store for a backbone', async () => {
    const { stored } = await train();
    const report = await train({ name: 'again', backbone: `${stored.name}@${stored.version}` });
    expect(report.stored.manifest.provenance.backbone).toBe(`balls@${stored.version}`);
    // Nobody knows what anything looks like to it.
    expect(report.model.unknown).toBeUndefined();
  });

  it('refuses a backbone that is not there, and saves nothing when it is stopped', async () => {
    await expect(train({ backbone: 'nothing' })).rejects.toMatchObject({ code: 'backbone-not-found' });
    await writeFile(join(root, 'photos', 'blue', 'new.png'), await ball(BLUE, 9));
    const stopped = train({ name: 'stopped', signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    await expect(openStore(join(root, 'store')).resolve('stopped')).rejects.toMatchObject({ code: 'model-not-found' });
    await rm(join(root, 'photos', 'blue', 'new.png'));
  });

  it.each(['Cross-validation', 'Training the head', 'Verification'])('can be stopped at: %s', async (part) => {
    const controller = new AbortController();
    const stopped = train({
      name: 'stopped',
      signal: controller.signal,
      onProgress: (what) => what === part && controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted', message: expect.stringContaining(part) });
    await expect(openStore(join(root, 'store')).resolve('stopped')).rejects.toMatchObject({ code: 'model-not-found' });
  });
});
