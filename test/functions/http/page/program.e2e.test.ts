import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { priceModel, tellingModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';
import { CHROMIUM } from './chromium.ts';
import { expectAnswer, file, inChromium } from './in-chromium.ts';

/** A name that every language needs to quote in its own way. */
const NAME = `it's "red" $HOME \\.png`;

/** The program that the page offers, run as a person would run it. */
async function runProgram(page: Page, language: string, folder: string): Promise<unknown> {
  await page.getByLabel(language, { exact: true }).check();
  const text = (await page.textContent('#code')) as string;
  const [command, words] =
    language === 'curl'
      ? ['sh', ['-c', `${text} -s`]]
      : language === 'Python'
        ? ['python3', ['-c', text.replace('print(json.load(response))', 'print(response.read().decode())')]]
        : [process.execPath, ['--input-type=module', '-e', text.replace('response.json()', 'response.text()')]];
  const { stdout } = await promisify(execFile)(command as string, words as string[], { cwd: folder });
  return JSON.parse(stdout);
}

describe.skipIf(!CHROMIUM)('the request as a program', () => {
  useModels([tellingModel(), priceModel()]);
  const open = inChromium();

  it.each(['curl', 'JavaScript', 'Python'])('in %s asks what the page asks', async (language) => {
    const folder = await mkdtemp(join(tmpdir(), 'freezeframe-program-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const picture = await plainPicture('red');
    await writeFile(join(folder, NAME), picture);
    await open({}, async (page) => {
      await page.setInputFiles('#file', file(NAME, picture));
      await expectAnswer(page, 'red');
      expect(await runProgram(page, language, folder)).toMatchObject({
        known: true,
        predictions: [{ label: 'red' }, {}, {}],
      });
      await page.getByLabel('Show what speaks for it').check();
      expect(await runProgram(page, language, folder)).toMatchObject({ heatmap: { label: 'red' } });
      await page.getByLabel('Model').selectOption('prices · version 1');
      await page.getByLabel('area (m²)').fill('100');
      await page.getByLabel('rooms').fill('4');
      expect(await runProgram(page, language, folder)).toMatchObject({ values: [{ name: 'price', value: 100_200 }] });
    });
  });

  it('is copied, and never holds the key', async () => {
    await open({ permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
      await page.evaluate(`sessionStorage.setItem('freezeframe-key', 'ff_secret')`);
      await page.reload();
      await page.waitForSelector('#model[data-state=ready]');
      await page.getByLabel('Python').check();
      await page.getByRole('button', { name: 'Copy as Python' }).press('Enter');
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      expect(await page.locator(':focus').getAttribute('id')).toBe('copy');
      const copied = await page.evaluate('navigator.clipboard.readText()');
      expect(copied).toBe(await page.textContent('#code'));
      expect(copied).toContain('"authorization":"Bearer YOUR_KEY"');
      expect(await page.content()).not.toContain('ff_secret');
      await page.getByRole('button', { name: 'Copy as Python' }).waitFor();
    });
  });
});
