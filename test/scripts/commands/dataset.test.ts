import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../scripts/cli.ts';
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
