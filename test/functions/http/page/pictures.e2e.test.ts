import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { colourModel, priceModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';
import { CHROMIUM } from './chromium.ts';
import { expectAnswer, expectProblem, file, inChromium, PHONE } from './in-chromium.ts';

describe.skipIf(!CHROMIUM)('the page in Chromium, with a picture model', () => {
  useModels([colourModel()]);
  const open = inChromium();

  it('answers a chosen picture as bars with percentages, time, model and version', async () => {
    await open({}, async (page) => {
      await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
      await expectAnswer(page, 'red');
      expect(await page.locator('#bars .label').allTextContents()).toEqual(['red', 'green', 'blue']);
      expect(await page.locator('#bars .percent').allTextContents()).toEqual(['99.7%', '0.1%', '0.1%']);
      await expect.poll(() => page.locator('.bar i').first().getAttribute('style')).toMatch(/width: 99\.\d+%/);
      const [track, fill] = await Promise.all(
        ['.bar', '.bar i'].map(async (selector) => (await page.locator(selector).first().boundingBox())?.width ?? 0),
      );
      expect((fill as number) / (track as number)).toBeCloseTo(0.997, 1);
      expect(await page.textContent('#timing')).toMatch(
        /^colours version 1 · [\d.]+ ms to answer · [\d.]+ ms there and back$/,
      );
      expect(await page.textContent('#edge-size')).toBe('40 × 30');
    });
  });

  it('takes dropped and pasted pictures, one after the other, and shows an earlier one again', async () => {
    await open({}, async (page) => {
      for (const [event, colour] of [
        ['drop', 'green'],
        ['paste', 'blue'],
      ] as const) {
        // biome-ignore format: pairs
        const base64 = (await plainPicture(colour)).toString('base64');
        await page.evaluate(`hand('${event}', '${base64}')`);
        await expectAnswer(page, colour);
      }
      const shots = page.getByRole('navigation', { name: 'Pictures so far' }).getByRole('button');
      expect(await shots.count()).toBe(2);
      await shots.first().press('Enter');
      await expectAnswer(page, 'green');
      expect(await shots.first().getAttribute('aria-current')).toBe('true');
    });
  });

  it('says in words what is wrong with a picture', async () => {
    await open({}, async (page) => {
      await page.setInputFiles('#file', file('fake.png', Buffer.from('no picture')));
      await expectProblem(page, 'The picture format is not supported');
      await page.setInputFiles('#file', file('notes.txt', Buffer.from('notes'), 'text/plain'));
      await expectProblem(page, 'This is not a picture that can be read');
      await page.route('**/classify*', (route) => route.abort());
      await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
      await expectProblem(page, 'The service could not be reached');
    });
  });

  it('shrinks what is too large for the API, and sends the rest as it is', async () => {
    // As hard to compress as a photograph of a gravel path.
    const noise = randomBytes(3 * 1500 * 1500);
    const large = await sharp(noise, { raw: { width: 1500, height: 1500, channels: 3 } })
      .png()
      .toBuffer();
    expect(large.byteLength).toBeGreaterThan(3_500_000);
    await open({}, async (page) => {
      const sent: { type: string | undefined; bytes: number }[] = [];
      await page.route('**/classify*', (route) => {
        const request = route.request();
        sent.push({ type: request.headers()['content-type'], bytes: request.postDataBuffer()?.byteLength ?? 0 });
        return route.continue();
      });
      const small = await plainPicture('blue', 'webp');
      await page.setInputFiles('#file', [file('large.png', large), file('small.webp', small, 'image/webp')]);
      await expect.poll(() => sent.length).toBe(2);
      await expectAnswer(page, 'blue');
      // Asked about side by side: the small one may be first.
      const drawn = sent.find(({ type }) => type === 'image/jpeg');
      expect(drawn?.bytes).toBeLessThan(3_500_000);
      expect(sent).toContainEqual({ type: 'image/webp', bytes: small.byteLength });
    });
  });

  it('is read by a screen reader and used from a keyboard', async () => {
    await open({}, async (page) => {
      // Asked for well before it is needed: the browser must be told to hand choosers over before Enter opens one.
      const chooser = page.waitForEvent('filechooser');
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Skip to the answer');
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').getAttribute('id')).toBe('choose');
      await page.keyboard.press('Enter');
      await (await chooser).setFiles(file('red.png', await plainPicture('red')));
      await expectAnswer(page, 'red');
      expect(await page.getByRole('status').textContent()).toMatch(/^red, 99\.7%\. colours version 1 · /);
      expect(await page.locator('body').ariaSnapshot()).toContain('heading "Freezeframe" [level=1]');
      const tree = await page.getByRole('main').ariaSnapshot();
      expect(tree).toContain('img "Your picture: red.png"');
      expect(tree).toContain('region "Answer"');
      expect(tree).toContain('list "Predictions, most probable first"');
      expect(tree).toMatch(/listitem: red 99\.7%/);
    });
  });

  it.each(['light', 'dark'] as const)('has enough contrast in %s', async (colorScheme) => {
    await open({ colorScheme }, async (page) => {
      await page.setInputFiles('#file', [
        file('fake.png', Buffer.from('no')),
        file('red.png', await plainPicture('red')),
      ]);
      await expectAnswer(page, 'red');
      for (const selector of [
        'h1',
        'h2',
        '.note',
        '#verdict',
        '#share',
        '#timing',
        '.label',
        '.percent',
        '#choose',
        '#model-name',
      ]) {
        expect(await page.evaluate(`contrastOf('${selector}')`), selector).toBeGreaterThanOrEqual(4.5);
      }
    });
  });

  it('asks for a key where the service does, and keeps it in the tab only', async () => {
    await open({}, async (page) => {
      const refused = { status: 401, contentType: 'application/problem+json', body: '{"title":"A key is needed"}' };
      await page.route(/\/(models|classify)/, (route) =>
        route.request().headers().authorization === 'Bearer ff_good_key' ? route.continue() : route.fulfill(refused),
      );
      await page.reload();
      const state = () => page.locator('#answer').getAttribute('data-state');
      await expect.poll(state).toBe('key');
      await page.getByLabel('Key').fill('ff_wrong_key');
      await page.getByRole('button', { name: 'Use this key' }).click();
      await expect.poll(() => page.textContent('#key-lead')).toBe('This key does not open it.');
      await page.getByLabel('Key').fill('ff_good_key');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#model[data-state=ready]');
      await page.setInputFiles('#file', file('red.png', await plainPicture('red')));
      await expectAnswer(page, 'red');
      // A reload of the tab keeps it; another tab has none, nor has anything that outlives the tab.
      await page.reload();
      await page.waitForSelector('#model[data-state=ready]');
      expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0);
      expect(page.url()).not.toContain('ff_');
    });
  });

  it('fits a phone, offers its camera, and brings the answer into view', async () => {
    await open(PHONE, async (page) => {
      expect(await page.getByRole('button', { name: 'Take a photo' }).isVisible()).toBe(true);
      expect(await page.locator('#capture').getAttribute('capture')).toBe('environment');
      // biome-ignore lint/performance/useDomNodeTextContent: what a phone shows is asked, and the page hides a part of the text there
      expect(await page.locator('#invitation').innerText()).toBe('Tap to choose a picture');
      await page.setInputFiles('#file', [
        file('red.png', await plainPicture('red')),
        file('blue.png', await plainPicture('blue')),
      ]);
      await expectAnswer(page, 'blue');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      expect(await page.evaluate('innerWidth')).toBe(390);
      const box = await page.locator('#verdict').boundingBox();
      expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(844);
      for (const button of await page.locator('.actions button:visible').all()) {
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      }
    });
  });
});

describe.skipIf(!CHROMIUM)('the page in Chromium, with a model of numbers', () => {
  useModels([priceModel()]);
  const open = inChromium();

  it('asks for the numbers by name and answers in their unit', async () => {
    await open({}, async (page) => {
      expect(await page.getByRole('button', { name: 'Choose a picture' }).isVisible()).toBe(false);
      await page.getByLabel('area (m²)').fill('100');
      await page.getByRole('button', { name: 'Ask the model' }).click();
      await page.waitForSelector('#answer[data-state=problem]');
      expect(await page.locator('label:has(:focus)').textContent()).toBe('rooms');
      await page.getByLabel('rooms').fill('4');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#answer[data-state=result]');
      expect(await page.textContent('#values dt')).toBe('price');
      expect(await page.textContent('#values dd')).toBe('$100,200');
    });
  });
});
