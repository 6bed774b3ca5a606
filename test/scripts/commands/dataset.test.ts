import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../scripts/cli.ts';
import { mulberry32 } from '../../../scripts/system/index.ts';
import { pictureFolder, temporaryFolder, writeFiles } from '../datasets/picture-files.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs `freezeframe dataset …` and answers its exit code and what it printed. */
async function run(...words: string[]) {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await main(['node', 'freezeframe', 'dataset', ...words]);
  return { code, printed };
}

/** Twelve blotches of each label; one of them again, smaller; and one that is quite another colour. */
async function noisyFolder(root: string) {
  const random = mulberry32(7);
  for (const label of ['cat', 'dog']) {
    await mkdir(join(root, label), { recursive: true });
    for (let number = 0; number < 12; number++) {
      const blotches = Uint8Array.from({ length: 6 * 6 * 3 }, () => 60 + Math.floor(random() * 140));
      const large = sharp(blotches, { raw: { width: 6, height: 6, channels: 3 } }).resize(96, 96, { kernel: 'cubic' });
      await large.png().toFile(join(root, label, `${number}.png`));
    }
  }
  await sharp(join(root, 'cat', '3.png'))
    .resize(64, 64)
    .jpeg({ quality: 80 })
    .toFile(join(root, 'cat', 'copy.jpg'));
  const blank = sharp({ create: { width: 90, height: 90, channels: 3, background: '#ff00ff' } });
  await blank.png().toFile(join(root, 'dog', 'blank.png'));
}

describe('freezeframe dataset', () => {
  it('reports pictures and writes a sheet of them', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('FREEZEFRAME_STORE', join(folder, 'store'));
    await pictureFolder(join(folder, 'pets'), { cat: 5, dog: 5 });
    await writeFiles(folder, { 'pets/dog/broken.jpg': 'text' });
    const sheet = join(folder, 'sheet.png');
    const { code, printed } = await run(join(folder, 'pets'), '--size', '16', '--sheet', sheet, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      name: 'pets',
      labels: { cat: expect.anything(), dog: expect.anything() },
      skipped: [{ file: 'dog/broken.jpg' }],
    });
    expect((await stat(sheet)).size).toBeGreaterThan(100);
  });

  it('writes a page with each label, copies of other sizes, odd pictures and what was left out', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('FREEZEFRAME_STORE', join(folder, 'store'));
    await noisyFolder(join(folder, 'pets'));
    await writeFiles(folder, { 'pets/dog/broken.jpg': 'text' });
    const sheet = join(folder, 'sheet.html');
    expect((await run(join(folder, 'pets'), '--sheet', sheet)).code).toBe(0);
    const { document } = parseHTML(await readFile(sheet, 'utf8'));
    const files = (id: string) => [...document.querySelectorAll(`#${id} .file bdi`)].map((one) => one.textContent);
    expect([...document.querySelectorAll('#pictures h3')].map((one) => one.textContent)).toEqual(['cat', 'dog']);
    expect(files('duplicates').sort()).toEqual(['cat/3.png', 'cat/copy.jpg']);
    expect(files('odd')).toContain('dog/blank.png');
    expect(document.getElementById('left-out')?.textContent).toContain('dog/broken.jpg');
    expect(document.querySelector('.verdict')?.textContent).toContain('26');
    expect(document.querySelectorAll('img[src^="data:image/jpeg"]').length).toBeGreaterThan(20);
    await rm(join(folder, 'pets/dog/blank.png'));
    expect((await run(join(folder, 'pets'), '--sheet', sheet)).code).toBe(0);
    expect(await readFile(sheet, 'utf8')).toContain('No picture is far from the others of its label.');
    const wrong = await run(join(folder, 'pets'), '--sheet', join(folder, 'sheet.pdf'));
    expect(wrong.code).toBe(2);
  });

  it('reports a table in words', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 't.csv': 'a,b\n1,2\n2,4\n3,6\n4,8\n' });
    const { code, printed } = await run(join(folder, 't.csv'), '--target', 'a');
    expect(code).toBe(0);
    expect(printed).toMatch(/t: rows .*\n {2}b: .*\n {2}predicts a: /);
  });

  it('ends with 1 where there is nothing, with 2 where it is used wrongly', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 't.csv': 'a,b\n1,2\n2,4\n3,6\n4,8\n' });
    expect((await run(join(folder, 'absent'))).code).toBe(1);
    expect((await run(join(folder, 't.csv'), '--target', 'z')).code).toBe(2);
    expect((await run(join(folder, 't.csv'), '--size', 'big')).code).toBe(2);
  });
});
