import { copyFile, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type PictureDataset, SPLITS } from '../../../../scripts/datasets/dataset.ts';
import { describeDataset, describeInWords } from '../../../../scripts/datasets/describe.ts';
import { loadFolder } from '../../../../scripts/datasets/folder/folder.ts';
import { expectPrinted } from '../../../printed.ts';
import { pictureFolder, plainPicture, temporaryFolder, writeFiles } from '../picture-files.ts';

const size = 8;
const bytes = size * size * 3;

async function load(folder: string, more = {}): Promise<PictureDataset> {
  return loadFolder(folder, 'pets', { size, cacheDir: `${folder}.cache`, ...more });
}

/** Each split's pictures as text. */
function contents({ splits }: PictureDataset) {
  const of = (split: (typeof SPLITS)[number]) =>
    Array.from({ length: splits[split].count }, (_, row) =>
      splits[split].pixels.subarray(row * bytes, (row + 1) * bytes).join(),
    );
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

// Progress, which depends on the time it takes.
afterEach(() => expectPrinted(/^Reading pictures /, 0));

describe('loadFolder', () => {
  it('loads every picture once, with its class', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { dog: 6, cat: 9 });
    const dataset = await load(folder);
    expect(dataset).toMatchObject({ kind: 'pictures', name: 'pets', labels: ['cat', 'dog'], skipped: [] });
    expect(dataset.input).toEqual({
      height: 8,
      width: 8,
      channels: 3,
      colour: 'rgb',
      resize: 'cover',
      crop: 1,
      kernel: 'cubic',
      invert: false,
    });
    const classes = SPLITS.flatMap((split) => [...dataset.splits[split].classes]);
    expect(classes.filter((one) => one === 0)).toHaveLength(9);
    expect(classes.filter((one) => one === 1)).toHaveLength(6);
    for (const split of SPLITS) expect(dataset.splits[split].pixels).toHaveLength(dataset.splits[split].count * bytes);
    expect(new Set(Object.values(contents(dataset)).flat()).size).toBe(15);
    expect(await load(folder)).toEqual(dataset);
  });

  it('never lets equal bytes straddle splits, wherever the copies lie', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 8, dog: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('cat', 'dog'), fc.nat(7)), { maxLength: 6 }),
        fc.nat(50),
        async (copies, seed) => {
          for (const [index, [label, which]] of copies.entries())
            await copyFile(join(folder, label, `${which}.png`), join(folder, label, `copy-${index}.png`));
          const { train, validation, test } = contents(await load(folder, { seed }));
          const sets = [new Set(train), new Set(validation), new Set(test)];
          expect(sets.reduce((sum, set) => sum + set.size, 0)).toBe(new Set([...train, ...validation, ...test]).size);
          for (const set of sets) expect(set.size).toBeGreaterThan(0);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('keeps every picture in its split when files are renamed and others are added', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 40, dog: 40 });
    const before = contents(await load(folder));
    await rename(join(folder, 'cat', '1.png'), join(folder, 'cat', 'zebra.png'));
    for (let number = 500; number < 520; number++)
      await writeFiles(folder, { [`cat/${number}.png`]: await plainPicture(number) });
    const after = contents(await load(folder));
    for (const split of SPLITS) for (const picture of before[split]) expect(after[split]).toContain(picture);
  });

  it('honours split folders, keeps test pictures out of train, and deals out what is missing', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(join(folder, 'train'), { cat: 8, dog: 8 });
    await writeFiles(folder, {
      'test/cat/t.png': await plainPicture(901),
      'test/dog/t.png': await plainPicture(902),
      'train/dog/leak.png': await plainPicture(902),
    });
    const dataset = await load(folder);
    expect(dataset.splits.test.count).toBe(2);
    expect(dataset.splits.validation.count).toBeGreaterThanOrEqual(2);
    expect(dataset.splits.train.count + dataset.splits.validation.count).toBe(16);
    expect(dataset.skipped).toEqual([{ file: 'train/dog/leak.png', reason: 'the same bytes are in test/' }]);
  });

  it('leaves out bytes that two classes claim', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 4, dog: 4 });
    await copyFile(join(folder, 'cat', '0.png'), join(folder, 'dog', 'same.png'));
    const dataset = await load(folder);
    expect(dataset.skipped).toEqual([
      { file: 'cat/0.png', reason: 'the same bytes are in cat and dog' },
      { file: 'dog/same.png', reason: 'the same bytes are in cat and dog' },
    ]);
  });

  it('says which class is too poor', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 4, dog: 2 });
    await writeFiles(folder, { 'dog/broken.png': 'text', 'dog/twin.png': await plainPicture(5) });
    await expect(load(folder)).rejects.toMatchObject({
      code: 'dataset-unusable',
      message: expect.stringContaining(
        'Expected at least 3 different readable pictures for each class but received ["dog: 2"]',
      ),
    });
  });

  it('names what cannot be read beside a class that is too poor', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 4, dog: 1 });
    await writeFiles(folder, { 'cat/broken.png': 'text', 'cat/phone.heic': '\0\0\0\x18ftypheic\0\0\0\0mif1heic' });
    const error = await load(folder).catch((caught: unknown) => caught);
    expect((error as Error).message.split('\n')).toEqual([
      'Expected at least 3 different readable pictures for each class but received ["dog: 1"]',
      'left out: 2',
      expect.stringMatching(/^ {2}cat\/broken\.png: /),
      expect.stringMatching(/^ {2}cat\/phone\.heic: .*HEIC/),
    ]);
    expect(error).toMatchObject({ details: { poor: [{ label: 'dog', count: 1 }], skipped: { length: 2 } } });
  });

  it('says why a class has vanished', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 4 });
    const heic = '\0\0\0\x18ftypheic\0\0\0\0mif1heic';
    await writeFiles(folder, { 'phone/1.HEIC': heic, 'phone/2.HEIC': heic, 'phone/3.bmp': 'BM\x36\0\0\0' });
    const error = await load(folder).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      message: expect.stringContaining('["phone: 0"]'),
      remedy: expect.stringMatching(
        /2 of phone: [^.]*a HEIC picture.*1 of phone: [^.]*a BMP picture.*Convert what is of another format to JPEG or PNG, make what is too large smaller, and replace what is damaged\.$/,
      ),
      details: { poor: [{ label: 'phone', count: 0, leftOut: 3 }] },
    });
  });

  it('does not advise to convert what is left out for bytes that are elsewhere too', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 4, dog: 4 });
    for (const number of [0, 1, 2]) {
      const twin = await readFile(join(folder, 'cat', `${number}.png`));
      await writeFiles(folder, { [`bird/${number}.png`]: twin });
    }
    const error = await load(folder).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      remedy:
        'Files were left out. 3 of bird: the same bytes are in bird and cat. 3 of cat: the same bytes are in bird and cat. Keep each picture in one class and one split alone.',
    });
    await writeFiles(folder, { 'bird/3.bmp': 'BM\x36\0\0\0' });
    await expect(load(folder)).rejects.toMatchObject({ remedy: expect.stringMatching(/alone\. Convert what is/) });
  });

  it('says what may be odd about the labels', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { Cat: 4, cat: 4 });
    const dataset = await load(folder);
    expect(describeInWords(describeDataset(dataset))).toContain('alone: Cat and cat.');
  });

  it('says why a class has vanished from train', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(join(folder, 'train'), { cat: 4 });
    for (const number of [901, 902, 903])
      await writeFiles(folder, { [`test/dog/${number}.png`]: await plainPicture(number) });
    await writeFiles(folder, { 'train/dog/1.jxl': '\0\0\0\x0cJXL \r\n' });
    await expect(load(folder)).rejects.toMatchObject({
      message: expect.stringContaining('Expected pictures of every class in train but found none of dog'),
      remedy: expect.stringContaining('a JPEG XL picture'),
    });
  });

  it('has another digest for other content, and the same for the same', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 4, dog: 4 });
    const { digest } = await load(folder);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await load(folder, { size: 16 })).digest).toBe(digest);
    await writeFiles(folder, { 'dog/new.png': await plainPicture(77) });
    expect((await load(folder)).digest).not.toBe(digest);
  });

  it('makes grey pictures, and refuses impossible sizes', async () => {
    const folder = join(await temporaryFolder(), 'pets');
    await pictureFolder(folder, { cat: 4, dog: 4 });
    const { input, splits } = await load(folder, { channels: 1 });
    expect(input).toMatchObject({ channels: 1, colour: 'grey' });
    expect(splits.train.pixels).toHaveLength(splits.train.count * size * size);
    for (const wrong of [0, 7, 2_000, 12.5, Number.NaN])
      await expect(load(folder, { size: wrong })).rejects.toMatchObject({ code: 'used-wrongly' });
  });
});
