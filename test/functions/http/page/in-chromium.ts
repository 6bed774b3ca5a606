import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launchChromium } from './chromium.ts';
import { serveApp } from './serve.ts';

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Opens the page; at the end nothing may have gone wrong on it, and it may have asked nobody but its own server. */
export function inChromium() {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serveApp>>;
  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), serveApp()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return async (options: BrowserContextOptions, use: (page: Page, sent: string[]) => Promise<void>) => {
    const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce', ...options });
    await context.addInitScript({ path: fileURLToPath(new URL('./in-page.js', import.meta.url)) });
    const page = await context.newPage();
    const asked: string[] = [];
    const wrong: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('console', (message) => {
      // Chromium reports every 4xx by itself.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        wrong.push(message.text());
    });
    await page.goto(server.url);
    await page.waitForSelector('#model[data-state=ready]');
    await use(page, asked);
    await context.close();
    expect(wrong).toEqual([]);
    // Pictures that the page shows are blob: URLs of its own.
    const elsewhere = asked.filter((url) => !url.startsWith(server.url) && !/^(blob|data):/.test(url));
    expect(elsewhere).toEqual([]);
  };
}

export const file = (name: string, buffer: Buffer, mimeType = 'image/png') => ({ name, mimeType, buffer });

export async function expectAnswer(page: Page, label: string) {
  // The state first: the last picture's label stands there until the next answer has come.
  await expect.poll(() => page.locator('#answer').getAttribute('data-state')).toBe('result');
  expect(await page.textContent('#verdict')).toBe(label);
}

export async function expectProblem(page: Page, title: string) {
  await expect.poll(() => page.textContent('#problem-title')).toBe(title);
  expect(await page.locator('#answer').getAttribute('data-state')).toBe('problem');
}
