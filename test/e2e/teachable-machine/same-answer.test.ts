import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Classifier, openClassifier } from '@freezeframe/inference';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../../scripts/import/import-model.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { CHROMIUM, launchChromium } from '../../functions/http/page/chromium.ts';
import { fetchLibrary, type Library } from './library.ts';

const MODEL = join(process.env.FIXTURES_DIR ?? '', 'wild/teachable-machine-cat-dog-tfjs');
const PHOTOGRAPHS = process.env.CATS_DOGS_DIR ?? join(process.env.FIXTURES_DIR ?? '', '../data/cats-dogs');
const there = process.env.FIXTURES_DIR !== undefined && existsSync(MODEL) && existsSync(PHOTOGRAPHS);
if (!there) console.log('same-answer: skipped, FIXTURES_DIR and CATS_DOGS_DIR name no model and photographs');

const EACH = 50;
/** What is said of a class with more than this must be first here too. */
const SURE = 0.6;
const MEAN_DIFFERENCE = 0.01;

const files = there
  ? ['cat', 'dog'].flatMap((kind) =>
      readdirSync(join(PHOTOGRAPHS, kind))
        .sort()
        .slice(0, EACH)
        .map((name) => join(PHOTOGRAPHS, kind, name)),
    )
  : [];

interface InPage {
  readonly probabilities: number[];
  /** Red, green and blue of the canvas that the library makes of a picture, a letter each: 150,000 numbers take seconds. */
  readonly pixels: string;
}

/** In the browser. @param index of the picture */
async function askLibrary(index: number): Promise<InPage> {
  const page = globalThis as unknown as {
    model?: Promise<{ predict(image: unknown): Promise<{ probability: number }[]> }>;
    tf: { setBackend(name: string): Promise<boolean> };
    tmImage: { load(model: string, metadata: string): NonNullable<typeof page.model> };
    document: { createElement(name: 'canvas'): { width: number; height: number; getContext(kind: '2d'): Context } };
    Image: new () => { src: string; width: number; height: number; decode(): Promise<void> };
  };
  interface Context {
    drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  }
  if (!(await page.tf.setBackend('wasm'))) throw new Error('no WebAssembly');
  page.model ??= page.tmImage.load('/model/model.json', '/model/metadata.json');
  const model = await page.model;
  const image = new page.Image();
  image.src = `/picture/${index}`;
  await image.decode();
  const answers = await model.predict(image);
  // As its cropTo does, whose canvas nobody else sees.
  const canvas = page.document.createElement('canvas');
  canvas.width = 224;
  canvas.height = 224;
  const scale = 224 / Math.min(image.width, image.height);
  const [width, height] = [Math.ceil(image.width * scale), Math.ceil(image.height * scale)];
  const context = canvas.getContext('2d');
  context.drawImage(image, -Math.trunc((width - 224) / 2), -Math.trunc((height - 224) / 2), width, height);
  const { data } = context.getImageData(0, 0, 224, 224);
  return {
    probabilities: answers.map(({ probability }) => probability),
    pixels: Array.from(data, (value, i) => (i % 4 === 3 ? '' : String.fromCharCode(value))).join(''),
  };
}

describe.skipIf(!there || !CHROMIUM)("Teachable Machine's own library in Chromium", () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let classifier: Classifier;
  let library: Library | undefined;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-teachable-'));
    const fetched = await fetchLibrary(folder);
    library = fetched;
    if (!fetched) return;
    const { stored } = await importModel({ path: MODEL, name: 'teachable', store: openStore(join(folder, 'store')) });
    classifier = await openClassifier(stored.folder);
    browser = await launchChromium();
    page = await browser.newPage();
    await page.route('**/*', (route) => {
      const { host, pathname, href } = new URL(route.request().url());
      if (host !== 'page.test') {
        elsewhere.push(href);
        return route.abort();
      }
      const [, kind, name = ''] = pathname.split('/');
      if (kind === 'model') return route.fulfill({ path: join(MODEL, basename(name)) });
      if (kind === 'wasm') return route.fulfill({ path: join(fetched.wasm, basename(name)) });
      if (kind === 'picture') return route.fulfill({ path: files[Number(name)] as string });
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' });
    });
    await page.goto('http://page.test/');
    for (const content of fetched.scripts) await page.addScriptTag({ content });
  });

  afterAll(async () => {
    await browser?.close();
    await classifier?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers as predict does, and calls nobody', { timeout: 1_200_000 }, async ({ skip }) => {
    skip(!library, 'npm has no network');
    const { input, output } = classifier.manifest;
    const labels = output.kind === 'classification' ? output.labels : [];
    let [sum, sure] = [0, 0];
    for (const [i, file] of files.entries()) {
      const { probabilities } = await page.evaluate(askLibrary, i);
      const result = await classifier.classify(readFileSync(file), { topK: labels.length });
      const predictions = 'predictions' in result ? result.predictions : [];
      const own = labels.map((label) => predictions.find((one) => one.label === label)?.probability ?? Number.NaN);
      for (const [c, probability] of probabilities.entries()) sum += Math.abs(probability - (own[c] as number));
      const most = Math.max(...probabilities);
      if (most <= SURE) continue;
      sure++;
      expect(predictions[0]?.label, file).toBe(labels[probabilities.indexOf(most)]);
    }
    expect(input).toMatchObject({ kind: 'picture', kernel: 'canvas', resize: 'cover' });
    expect(sum / (files.length * labels.length)).toBeLessThanOrEqual(MEAN_DIFFERENCE);
    expect(sure).toBeGreaterThan(EACH);
    expect(elsewhere).toEqual([]);
  });

  it('sees the same pixels', { timeout: 600_000 }, async ({ skip }) => {
    skip(!library, 'npm has no network');
    const { decodePicture } = await import('../../../layers/inference/src/picture.ts');
    const { input } = classifier.manifest;
    if (input.kind !== 'picture') throw new Error('it takes no pictures');
    for (const i of [0, 5, 9, EACH, EACH + 7]) {
      const { pixels } = await page.evaluate(askLibrary, i);
      const own = await decodePicture(readFileSync(files[i] as string), input);
      const theirs = Buffer.from(pixels, 'latin1');
      expect(theirs).toHaveLength(own.length);
      const total = theirs.reduce((sum, value, at) => sum + Math.abs(value - (own[at] as number)), 0);
      expect(total / pixels.length, files[i]).toBeLessThan(0.1);
    }
  });
});
