import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openapi } from '../../../../functions/http/openapi.ts';
import { ROUTES } from '../../../../functions/http/routes/index.ts';
import type { Document } from '../../../../scripts/local/docs/openapi.ts';
import { renderDocs } from '../../../../scripts/local/docs/render.ts';
import { CHROMIUM, launchChromium } from '../../../functions/http/page/chromium.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describe.skipIf(!CHROMIUM)('/docs in Chromium', () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    browser = await launchChromium();
    server = createServer(async (_, response) => {
      const { html, policy } = await renderDocs(openapi(ROUTES, 'key') as unknown as Document, url);
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy }).end(html);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function flaws(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations, incomplete } = (await page.evaluate('axe.run()')) as AxeResults;
    return [...violations, ...incomplete].flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
  }

  it.each([
    ['desktop-light', { colorScheme: 'light' }],
    ['desktop-dark', { colorScheme: 'dark' }],
    ['phone-light', { ...PHONE, colorScheme: 'light' }],
    ['phone-dark', { ...PHONE, colorScheme: 'dark' }],
    ['zoomed', { viewport: { width: 640, height: 450 } }],
  ] as const)('has no flaw that axe knows, %s', async (_, options) => {
    const context = await browser.newContext({ ...options });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => wrong.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== `${url}/docs` && !request.url().startsWith('data:')) wrong.push(request.url());
    });
    await page.goto(`${url}/docs`);
    expect(await flaws(page)).toEqual([]);
    const [width, wanted] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
      number,
      number,
    ];
    expect(width).toBeLessThanOrEqual(wanted);
    await page.getByRole('link', { name: 'POST /classify' }).click();
    expect(await page.locator('#classify').isVisible()).toBe(true);
    await context.close();
    expect(wrong).toEqual([]);
  });

  it('has a gate that can go red', async () => {
    const page = await browser.newPage();
    await page.goto(`${url}/docs`);
    await page.evaluate(`document.querySelector('header p').style.color = 'silver'`);
    expect((await flaws(page)).some((flaw) => flaw.startsWith('color-contrast'))).toBe(true);
    await page.close();
  });
});
