import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../scripts/plan/index.ts';
import {
  type ComparisonInput,
  type ReportInput,
  type SheetInput,
  writeComparisonPage,
  writePlanPage,
  writeReport,
  writeSheetPage,
} from '../../../scripts/report/index.ts';
import { CHROMIUM, launchChromium } from '../../functions/http/page/chromium.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { HOSTILE, sampleComparison, sampleInput, sampleSheet, sampleValues } from './sample.ts';

/** A scheme has to do with colours, a screen with places: two of the four show all that may be wrong. */
const LOOKS = [
  { screen: 'a phone', scheme: 'light', viewport: { width: 390, height: 844 } },
  { screen: 'a desktop', scheme: 'dark', viewport: { width: 1280, height: 900 } },
] as const;
const REPORTS = {
  'two labels': sampleInput(['cat', 'dog'], 120),
  'nine labels, some hostile': sampleInput([HOSTILE, 'مرحبا', ...'abcdefg'], 300),
  'fifty labels': sampleInput(
    Array.from({ length: 50 }, (_, number) => `label ${number}`),
    900,
  ),
  'labels of many words': sampleInput(
    Array.from({ length: 50 }, (_, number) => `hammerhead shark, Sphyrna zygaena number ${number}`),
    300,
  ),
  'rows of a table with labels': { ...sampleInput(['small', 'large'], 90), counted: 'rows' as const },
  'numbers of a table': sampleValues(300),
  'what was measured least': bare(),
  'a data set': sampleSheet([HOSTILE, 'cat', 'dog']),
  'two versions': sampleComparison(),
  'a plan': samplePlan(HOSTILE),
};

/** A training from scratch, or an import: no curve, no "none of these", nothing was looked for. */
function bare(): ReportInput {
  const { learningCurve, unknown, performance, duplicates, ...plain } = sampleInput(['cat', 'dog', 'hen'], 90);
  return plain;
}

type AnyInput = ReportInput | SheetInput | ComparisonInput | Plan;

function write(input: AnyInput, file: string): Promise<void> {
  if ('kind' in input) return writeReport(input, file);
  if ('sizes' in input) return writePlanPage(input, file);
  return 'figures' in input ? writeComparisonPage(input, file) : writeSheetPage(input, file);
}

interface Finding {
  id: string;
  nodes: { html: string }[];
}

/** What axe finds wrong, and what it could not decide about contrast. */
async function findings(page: Page, within = 'body') {
  const found = (await page.evaluate(`axe.run(${JSON.stringify(within)})`)) as {
    violations: Finding[];
    incomplete: Finding[];
    passes: Finding[];
  };
  const undecided = found.incomplete.filter(({ id }) => id === 'color-contrast');
  // A run that measured nothing would find nothing.
  expect(found.passes.map(({ id }) => id)).toContain('color-contrast');
  return [...found.violations, ...undecided].map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
}

/** A cell opens what it counts, by keyboard, and closes again. */
async function opensByKeyboard(page: Page, button: Locator) {
  const target = await button.getAttribute('popovertarget');
  await button.focus();
  await page.keyboard.press('Enter');
  expect(await page.locator(`#${target} .shot:visible`).count()).toBeGreaterThan(0);
  expect(await findings(page, `#${target}`)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await page.locator(`#${target}`).isVisible()).toBe(false);
}

describe.skipIf(!CHROMIUM)('a report in Chromium', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  const cases = Object.keys(REPORTS).flatMap((name) => LOOKS.map((look) => ({ name, ...look })));

  it.each(cases)('$name, $scheme, on $screen', async ({ name, scheme, viewport }) => {
    const file = join(folder, `${name}.html`);
    const input: AnyInput = REPORTS[name as keyof typeof REPORTS];
    await write(input, file);
    const context = await browser.newContext({ viewport, colorScheme: scheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('console', (message) => wrong.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href && !request.url().startsWith('data:')) wrong.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    // The page's own policy lets no script run; the debugger may.
    await page.evaluate(axe.source);
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);

    // What a row is called is not cut into letters.
    const widths = (await page.evaluate(`
      Array.from(document.querySelectorAll(':is(#labels, #confusion) table:not(.matrix) tbody th'))
        .map((name) => name.getBoundingClientRect().width)`)) as number[];
    expect(widths.filter((width) => width > 0 && width <= 100)).toEqual([]);

    const button = page.locator('[popovertarget^=cell]:visible').first();
    if ('pictures' in input) await opensByKeyboard(page, button);
    // Whoever opens everything finds nothing wrong either.
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    expect(await findings(page)).toEqual([]);
    await context.close();
    expect(wrong).toEqual([]);
  });

  it('prints in the light, without what needs a click', async () => {
    const file = join(folder, 'print.html');
    await writeReport(REPORTS['two labels'], file);
    const page = await browser.newPage({ colorScheme: 'dark' });
    await page.goto(pathToFileURL(file).href);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(15, 31, 42)');
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.close();
  });
});
