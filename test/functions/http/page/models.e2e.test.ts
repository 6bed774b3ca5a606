import { describe, expect, it } from 'vitest';
import { colourModel, priceModel, tellingModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';
import { CHROMIUM } from './chromium.ts';
import { expectAnswer, file, inChromium, PHONE } from './in-chromium.ts';

/** As the sample model: a red picture shows a gnome. */
function sampleModel() {
  const { model, draft } = tellingModel();
  const labels = ['garden-gnome', 'not-a-garden-gnome', 'neither'];
  return { model, draft: { ...draft, name: 'sample', output: { ...draft.output, labels } as typeof draft.output } };
}

describe.skipIf(!CHROMIUM)('several models on the page', () => {
  useModels([colourModel(), tellingModel(), priceModel(), sampleModel()]);
  const open = inChromium();

  it('are all in the chooser; another one is asked about the same picture', async () => {
    await open({}, async (page, sent) => {
      const chooser = page.getByLabel('Model');
      expect(await chooser.locator('option').allTextContents()).toEqual(
        ['colours', 'telling', 'prices', 'sample'].map((name) => `${name} · version 1`),
      );
      await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
      await expectAnswer(page, 'red');
      expect(sent.at(-1)).toMatch(/classify\?top_k=5$/);
      await chooser.selectOption('sample · version 1');
      await expectAnswer(page, 'garden-gnome');
      expect(sent.at(-1)).toMatch(/classify\?model=sample&version=1&top_k=5$/);
      await chooser.focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      expect(await page.locator('#numbers-lead').textContent()).toBe('This model takes 2 numbers, not pictures.');
      expect(await page.locator(':focus').getAttribute('id')).toBe('models');
      expect(await page.locator('#answer').getAttribute('data-state')).toBe('idle');
      await page.getByLabel('area (m²)').fill('100');
      await page.getByLabel('rooms').fill('4');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.textContent('#values dd')).toBe('$100,200');
    });
  });

  it('answer what counts last, however late an earlier answer comes', async () => {
    await open({}, async (page) => {
      await page.route(/classify\?top_k/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await route.continue();
      });
      await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
      await page.waitForSelector('#answer[data-state=working]');
      await page.getByLabel('Model').selectOption('sample · version 1');
      await expectAnswer(page, 'garden-gnome');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await expectAnswer(page, 'garden-gnome');
    });
  });

  it('say that a picture shows none of the labels', async () => {
    await open({}, async (page) => {
      await page.getByLabel('Model').selectOption('telling · version 1');
      expect(await page.textContent('#knows')).toBe(
        'This model tells 3 things apart, and says when it sees none of them:',
      );
      await page.setInputFiles('#file', [
        file('red.png', await plainPicture('red')),
        file('grey.png', await plainPicture('grey')),
      ]);
      await expectAnswer(page, 'None of these');
      expect(await page.locator('#none-note').isVisible()).toBe(true);
      expect(await page.textContent('#share')).toBe('');
      expect(await page.getByRole('status').first().textContent()).toMatch(/^None of these\. The nearest: red, 33\.3%/);
      expect(await page.locator('#shots .said').allTextContents()).toEqual([
        expect.stringMatching(/^red/),
        'None of these',
      ]);
      await page.locator('#shots .open').first().click();
      await expectAnswer(page, 'red');
      expect(await page.locator('#none-note').isVisible()).toBe(false);
    });
  });

  it('show which parts speak for a label, where they can', async () => {
    await open({}, async (page, sent) => {
      await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
      await expectAnswer(page, 'red');
      expect(await page.locator('#why').isVisible()).toBe(false);
      await page.getByLabel('Model').selectOption('telling · version 1');
      await expectAnswer(page, 'red');
      await page.getByLabel('Show what speaks for it').check();
      await page.getByAltText('Heat map of your picture: which parts speak for red').waitFor();
      expect(await page.getByAltText('Your picture: red.png').isVisible()).toBe(false);
      expect(sent.filter((url) => url.includes('explain=heatmap'))).toHaveLength(1);
      await page.getByRole('button', { name: 'blue' }).press('Enter');
      await page.getByAltText('which parts speak for blue').waitFor();
      expect(await page.locator(':focus').textContent()).toBe('blue');
      expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('true');
      await page.getByLabel('Show what speaks for it').uncheck();
      await page.getByAltText('Your picture: red.png').waitFor();
      expect(await page.locator('#map').isVisible()).toBe(false);
    });
  });

  it('say in words why there is no heat map', async () => {
    await open({}, async (page) => {
      await page.route('**/classify?*explain*', (route) => route.abort());
      await page.getByLabel('Model').selectOption('telling · version 1');
      await page.getByLabel('Show what speaks for it').check();
      await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
      await expect.poll(() => page.textContent('#why-note')).toMatch(/^The service could not be reached\./);
      expect(await page.getByAltText('Your picture: red.png').isVisible()).toBe(true);
    });
  });

  it('of the sample come with pictures to try', async () => {
    await open({}, async (page) => {
      expect(await page.locator('#examples').isVisible()).toBe(false);
      await page.getByLabel('Model').selectOption('sample · version 1');
      await page.getByRole('button', { name: 'A garden gnome with a red hat on a lawn' }).press('Enter');
      await expect.poll(() => page.textContent('#timing')).toMatch(/^sample version 1 · /);
      expect(await page.textContent('#edge-size')).toBe('240 × 180');
    });
  });

  it.each([
    ['a phone', PHONE],
    ['200 % zoom', { viewport: { width: 640, height: 450 } }],
    ['400 % zoom', { viewport: { width: 320, height: 256 } }],
  ])('fit %s', async (_, options) => {
    await open(options, async (page) => {
      await page.getByLabel('Model').selectOption('telling · version 1');
      await page.getByLabel('Show what speaks for it').check();
      await page.setInputFiles('#file', [
        file('red.png', await plainPicture('red')),
        file('fake.png', Buffer.from('no')),
        file('grey.png', await plainPicture('grey')),
      ]);
      await page.waitForSelector('#map:visible');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      const [frame, film] = await Promise.all(['#frame', '#film'].map((id) => page.locator(id).boundingBox()));
      expect(frame?.width).toBeCloseTo(film?.width ?? 0, 0);
    });
  });
});
