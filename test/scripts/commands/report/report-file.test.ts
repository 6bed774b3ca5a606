import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeVersionPage } from '../../../../scripts/commands/report/report-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report file-'));
});
afterAll(() => rm(folder, { recursive: true }));

const version = { name: 'pets', version: '3' };

describe('the page of a version', () => {
  it('is written', async () => {
    const page = join(folder, 'page.html');
    await writeVersionPage(version, page, () => writeFile(page, 'page'));
    expect(await readFile(page, 'utf8')).toBe('page');
  });

  it('says that the version is saved where the system refuses the page', async () => {
    const page = join(folder, 'absent', 'page.html');
    await expect(writeVersionPage(version, page, () => writeFile(page, 'page'))).rejects.toMatchObject({
      code: 'output-not-writable',
      message: `pets@3 is saved; its page cannot be: ${page}`,
      cause: { code: 'ENOENT' },
    });
  });

  it('leaves every other failure as it is', async () => {
    const failure = new FreezeframeError('evaluation-failed', 'no answer');
    await expect(writeVersionPage(version, 'page.html', () => Promise.reject(failure))).rejects.toBe(failure);
  });
});
