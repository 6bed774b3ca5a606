import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openClassifier } from '@freezeframe/inference';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifyAll, FEW, type Said } from '../../../scripts/classifiers/index.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { useStore } from '../commands/models-store.ts';

const scratch = useStore();
let folder = '';
/** More than one thread is given, of many colours, so that an answer in a wrong place is seen. */
const files: string[] = [];

beforeAll(async () => {
  folder = (await openStore().resolve('colours')).folder;
  for (let i = 0; i < 37; i++) {
    const background = { r: (i * 53) % 256, g: (i * 101) % 256, b: (i * 17) % 256 };
    const create = { width: 8, height: 8, channels: 3 as const, background };
    files.push(await scratch.write(`many/${i}.png`, await sharp({ create }).png().toBuffer()));
  }
});

async function all(pictures: Parameters<typeof classifyAll>[1], count: number, topK?: number): Promise<Said[]> {
  const said: Said[] = [];
  for await (const one of classifyAll(folder, pictures, count, { topK })) said.push(one);
  return said;
}

const asked = (names: readonly string[]) => names.map((picture) => ({ picture }));
const results = (said: readonly Said[]) => said.map((one) => ('result' in one ? one.result : one.error.code));

describe('many pictures', () => {
  it('are answered in their order, to the bit as one by one', async () => {
    const classifier = await openClassifier(folder, { threads: 1 });
    const single = [];
    for (const file of files) single.push(await classifier.classify(await readFile(file)));
    await classifier.close();
    expect(results(await all(asked(files), files.length))).toEqual(single);
    expect(results(await all(asked(files.slice(0, FEW)), FEW))).toEqual(single.slice(0, FEW));
  });

  it('are answered where some cannot be read, each in its place', async () => {
    const bad = await scratch.write('bad.png', 'no picture');
    const names = [...files.slice(0, 11), bad, join(scratch.folder, 'absent.png'), ...files.slice(11)];
    const codes = results(await all(asked(names), names.length)).map((one) => (typeof one === 'string' ? one : ''));
    const wanted = names.map(() => '');
    wanted[11] = 'picture-type-unsupported';
    wanted[12] = 'object-absent';
    expect(codes).toEqual(wanted);
  });

  it.each([3, 30])('may be %i that something else reads, with the probability of a label', async (count) => {
    const bytes = await readFile(files[1] as string);
    const pictures = Array.from({ length: count }, () => ({ picture: async () => bytes, label: 'blue' }));
    const said = await all(pictures, count, 1);
    expect(said).toHaveLength(count);
    const own = (await oneByOne(bytes)).predictions.find(({ label }) => label === 'blue')?.probability;
    for (const one of said) {
      expect(one).toMatchObject({ own, result: { predictions: [expect.anything()] } });
    }
  });

  it.each([3, 30])('are read once: what was read is told by its sha256 (%i of them)', async (count) => {
    const names = files.slice(0, count);
    const said = await all(
      names.map((picture) => ({ picture, label: 'blue' })),
      count,
    );
    const digests = names.map(async (file) =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
    expect(said.map((one) => ('digest' in one ? one.digest : undefined))).toEqual(await Promise.all(digests));
  });

  it.each([1, 30])('fail with a typed error where the model cannot be opened (%i of them)', async (count) => {
    const broken = join(scratch.folder, 'broken');
    await mkdir(broken, { recursive: true });
    await copyFile(join(folder, 'manifest.json'), join(broken, 'manifest.json'));
    await writeFile(join(broken, 'model.onnx'), 'cut');
    const answers = classifyAll(broken, asked(files.slice(0, count)), count);
    await expect(answers.next()).rejects.toMatchObject({
      code: 'model-corrupt',
      remedy: expect.stringContaining('bundle or freeze'),
    });
  });

  it('end early without an answer left behind', async () => {
    const answers = classifyAll(folder, asked(files), files.length);
    expect((await answers.next()).done).toBe(false);
    expect(await answers.return(undefined)).toEqual({ done: true, value: undefined });
  });
});

async function oneByOne(bytes: Uint8Array) {
  const classifier = await openClassifier(folder, { threads: 1 });
  const result = await classifier.classify(bytes).finally(() => classifier.close());
  if (!('predictions' in result)) throw new Error('no labels');
  return result;
}
