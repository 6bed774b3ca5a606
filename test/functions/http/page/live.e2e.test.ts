import { describe, expect, it } from 'vitest';
import { colourModel, useModels } from '../../models.ts';
import { CHROMIUM } from './chromium.ts';
import { expectAnswer, expectProblem, inChromium } from './in-chromium.ts';

const allowed = { permissions: ['camera'] };

describe.skipIf(!CHROMIUM)('the camera on the page', () => {
  useModels([colourModel()]);
  const open = inChromium();
  const asks = (sent: string[]) => sent.filter((url) => url.includes('/classify')).length;

  it('is opened by a click only, answers as it moves, and is stopped', async () => {
    await open(allowed, async (page, sent) => {
      const isFilming = () => page.evaluate('document.querySelector("#video").srcObject?.active ?? false');
      expect(await isFilming()).toBe(false);
      await page.getByRole('button', { name: 'Live camera' }).press('Enter');
      await expectAnswer(page, 'green');
      expect(await page.getByLabel('What the camera sees').isVisible()).toBe(true);
      expect(await page.locator(':focus').textContent()).toBe('Stop the camera');
      await expect.poll(() => asks(sent)).toBeGreaterThan(3);
      // Said once, not with each picture.
      expect(await page.getByRole('status').first().textContent()).toBe('green');
      await page.keyboard.press('Enter');
      await expect.poll(isFilming).toBe(false);
      const asked = asks(sent);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(asks(sent)).toBeLessThanOrEqual(asked + 1);
      expect(await page.locator('#answer').getAttribute('data-state')).toBe('idle');
    });
  });

  it('is stopped when the page is hidden', async () => {
    await open(allowed, async (page, sent) => {
      await page.getByRole('button', { name: 'Live camera' }).click();
      await expectAnswer(page, 'green');
      const track = await page.evaluateHandle('document.querySelector("#video").srcObject.getTracks()[0]');
      await page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
      expect(await track.evaluate((one) => (one as { readyState: string }).readyState)).toBe('ended');
      const asked = asks(sent);
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      expect(asks(sent)).toBeLessThanOrEqual(asked + 1);
    });
  });

  it('gives a picture to keep', async () => {
    await open(allowed, async (page) => {
      await page.getByRole('button', { name: 'Live camera' }).click();
      await expectAnswer(page, 'green');
      await page.getByRole('button', { name: 'Keep this picture' }).press('Enter');
      await page.getByAltText('Your picture: camera 1.jpg').waitFor();
      await expectAnswer(page, 'green');
      expect(await page.locator(':focus').textContent()).toBe('Live camera');
    });
  });

  it('says so where it may not be opened, and where the service is gone', async () => {
    await open({}, async (page) => {
      await page.getByRole('button', { name: 'Live camera' }).click();
      await expectProblem(page, 'The camera was not opened');
      expect(await page.textContent('#problem-detail')).toContain('Allow it');
    });
    await open(allowed, async (page) => {
      await page.route('**/classify*', (route) => route.abort());
      await page.getByRole('button', { name: 'Live camera' }).click();
      await expectProblem(page, 'The service could not be reached');
      expect(await page.locator('#video').isVisible()).toBe(false);
      await page.unroute('**/classify*');
      await page.getByRole('button', { name: 'Try again' }).click();
      await expectAnswer(page, 'green');
    });
  });
});
