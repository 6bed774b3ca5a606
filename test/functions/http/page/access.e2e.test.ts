import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { colourModel, priceModel, tellingModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';
import { CHROMIUM } from './chromium.ts';
import { expectAnswer, file, inChromium, PHONE } from './in-chromium.ts';

/** What axe finds wrong, and what it cannot decide: a contrast that nobody knows is not enough. */
async function flaws(page: Page, options: object = {}): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, incomplete } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults;
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target.join(' ')}: ${any[0]?.message}`),
  );
}

/** Every state of the page, one after the other. */
async function* states(page: Page): AsyncGenerator<string> {
  yield 'idle';
  await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
  await expectAnswer(page, 'red');
  yield 'an answer';
  await page.getByLabel('Model').selectOption('telling · version 1');
  await expectAnswer(page, 'red');
  await page.getByLabel('Show what speaks for it').check();
  await page.waitForSelector('#map:visible');
  yield 'a heat map';
  await page.setInputFiles('#file', file('grey.png', await plainPicture('grey')));
  await expectAnswer(page, 'None of these');
  yield 'none of these';
  await page.setInputFiles('#file', file('fake.png', Buffer.from('no picture')));
  await page.waitForSelector('#answer[data-state=problem]');
  yield 'a problem';
  await page.getByRole('button', { name: 'Live camera' }).click();
  await page.waitForSelector('#video:visible');
  await page.waitForSelector('#answer[data-state=result]');
  yield 'the camera';
  await page.getByLabel('Model').selectOption('prices · version 1');
  yield 'numbers';
  await page.getByLabel('area (m²)').fill('1');
  await page.getByRole('button', { name: 'Ask the model' }).click();
  await page.waitForSelector('#answer[data-state=problem]');
  yield 'a number that is missing';
}

describe.skipIf(!CHROMIUM)('the page for everybody', () => {
  useModels([colourModel(), tellingModel(), priceModel()]);
  const open = inChromium();
  const camera = { permissions: ['camera'], bypassCSP: true };

  it.each([
    ['a desktop, light', { colorScheme: 'light' }],
    ['a desktop, dark', { colorScheme: 'dark' }],
    ['a phone, light', { ...PHONE, colorScheme: 'light' }],
    ['a phone, dark', { ...PHONE, colorScheme: 'dark' }],
    ['200 % zoom', { viewport: { width: 640, height: 450 } }],
  ] as const)('has no flaw that axe knows on %s', async (_, options) => {
    await open({ ...camera, ...options }, async (page) => {
      for await (const state of states(page)) expect(await flaws(page), state).toEqual([]);
    });
  });

  it('has none in forced colours', async () => {
    // axe reads the page's own colours of texts there, which nobody sees.
    const options = { rules: { 'color-contrast': { enabled: false } } };
    await open({ ...camera, forcedColors: 'active' }, async (page) => {
      for await (const state of states(page)) expect(await flaws(page, options), state).toEqual([]);
      const adjusted = await page.evaluate(
        `[...document.querySelectorAll('body *')].filter((one) => getComputedStyle(one).forcedColorAdjust === 'none' && one.textContent.trim()).length`,
      );
      expect(adjusted).toBe(0);
    });
  });

  it('has a gate that can go red', async () => {
    await open(camera, async (page) => {
      await page.evaluate(`document.querySelector('.note').style.color = 'silver'`);
      await page.evaluate(`document.querySelector('#choose').textContent = ''`);
      await page.evaluate(`document.querySelector('#idle-lead').style.background = 'linear-gradient(red, blue)'`);
      const found = (await flaws(page)).join('\n');
      expect(found).toMatch(/color-contrast: \.note/);
      expect(found).toMatch(/button-name: #choose/);
      expect(found).toMatch(/color-contrast: #idle-lead/);
    });
  });

  it('keeps the focus where it is while answers come', async () => {
    await open({}, async (page) => {
      await page.getByLabel('JavaScript').focus();
      for (const colour of ['red', 'blue'] as const) {
        await page.setInputFiles('#file', file(`${colour}.png`, await plainPicture(colour)));
        await expectAnswer(page, colour);
      }
      expect(await page.locator(':focus').getAttribute('value')).toBe('JavaScript');
    });
  });
});
