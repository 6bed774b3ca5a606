import { describe, expect, it } from 'vitest';
import { colourModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';
import { CHROMIUM } from './chromium.ts';
import { expectAnswer, expectProblem, file, inChromium } from './in-chromium.ts';

describe.skipIf(!CHROMIUM)('several pictures on the page', () => {
  useModels([colourModel()]);
  const open = inChromium();

  it('are asked about side by side, each with its state', async () => {
    await open({}, async (page) => {
      let [now, most] = [0, 0];
      /** Holds the first answers back until three are asked for. */
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route('**/classify*', async (route) => {
        most = Math.max(most, ++now);
        if (most >= 3) setTimeout(release, 300);
        await gate;
        await route.continue();
        now--;
      });
      const colours = ['red', 'green', 'blue', 'red', 'green'] as const;
      const files = await Promise.all(colours.map(async (colour, i) => file(`${i}.png`, await plainPicture(colour))));
      await page.setInputFiles('#file', files);
      const states = () =>
        page.locator('#shots li').evaluateAll((all) => all.map((one) => one.getAttribute('data-state')));
      await expect.poll(states).toEqual(['working', 'working', 'working', 'waiting', 'waiting']);
      await expect.poll(states).toEqual(new Array(5).fill('result'));
      expect(await page.locator('#shots .said').allTextContents()).toEqual(colours.map((colour) => `${colour} 99.7%`));
      expect(most).toBe(3);
      await expectAnswer(page, 'green');
    });
  });

  it('can each be tried again, and keep the focus', async () => {
    await open({}, async (page) => {
      let isDown = true;
      await page.route('**/classify*', (route) => (isDown ? route.abort() : route.continue()));
      await page.setInputFiles('#file', [
        file('red.png', await plainPicture('red')),
        file('blue.png', await plainPicture('blue')),
      ]);
      await expectProblem(page, 'The service could not be reached');
      isDown = false;
      const again = page.getByRole('button', { name: 'Try again: red.png' });
      await again.press('Enter');
      await expect.poll(() => page.locator('#shots .said').first().textContent()).toBe('red 99.7%');
      expect(await page.locator(':focus').getAttribute('title')).toBe('red.png');
      // The other one is looked at all the while; what had the focus goes, and the panel has it.
      await page.locator('#retry').press('Enter');
      await expectAnswer(page, 'blue');
      expect(await page.locator(':focus').getAttribute('id')).toBe('answer');
      expect(await page.locator('#shots .retry:visible').count()).toBe(0);
    });
  });

  it('stay where they are when one fails, and are as many as the page can keep', async () => {
    await open({}, async (page) => {
      const pictures = await Promise.all(Array.from({ length: 25 }, () => plainPicture('red')));
      const files = pictures.map((picture, i) => file(`${i}.png`, i === 7 ? Buffer.from('no picture') : picture));
      await page.setInputFiles('#file', files);
      await expect.poll(() => page.locator('#shots li:is([data-state=result], [data-state=problem])').count()).toBe(24);
      const titles = await page
        .locator('#shots .open')
        .evaluateAll((all) => all.map((one) => one.getAttribute('title')));
      expect(titles).toEqual(files.slice(1).map(({ name }) => name));
      expect(await page.locator('#shots li').nth(6).getAttribute('data-state')).toBe('problem');
    });
  });
});
