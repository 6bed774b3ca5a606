import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, askThreads } from '../../../scripts/bench/setups/threads.ts';
import { type BuiltFunction, buildOne } from '../../aws/build-function.ts';
import { plainPicture } from '../../functions/pictures.ts';

const COLOURS = ['red', 'green', 'blue'] as const;

const colourOf = (i: number) => COLOURS[i % COLOURS.length] as (typeof COLOURS)[number];

async function good(i: number): Promise<Asked> {
  const body = await plainPicture(colourOf(i), 'jpeg', { width: 640, height: 480 });
  return { body, wanted: [colourOf(i)] };
}

/** Of a megabyte: after four of them a thread collects what they left. */
async function large(i: number): Promise<Asked> {
  const picture = sharp(await plainPicture(colourOf(i), 'png', { width: 640, height: 480 }));
  return { type: 'image/tiff', body: await picture.tiff({ compression: 'none' }).toBuffer(), wanted: [colourOf(i)] };
}

/** Every second one is good; each problem has a word of its own request. */
async function mixed(i: number): Promise<Asked> {
  const asked = await good(i);
  if (i % 2 === 0) return asked;
  if (i % 8 === 1) return { ...asked, url: `/classify?none-${i}=1`, wanted: ['400', `none-${i}`] };
  if (i % 8 === 3) return { ...asked, type: `text/x-${i}`, wanted: ['415', `text/x-${i}`] };
  if (i % 8 === 5) return { ...asked, url: `/classify?model=missing-${i}`, wanted: ['404', `missing-${i}`] };
  return { ...asked, body: asked.body.subarray(0, 200 + i), wanted: ['422', 'picture'] };
}

describe('the built http function in several threads, each with many requests at once', () => {
  let built: BuiltFunction;
  beforeAll(async () => {
    built = await buildOne('http');
  }, 120_000);
  afterAll(() => built.remove());

  /** Each of four threads is asked for sixteen answers at once, in each round. */
  async function ask(environment: Record<string, string>, made: (i: number) => Promise<Asked>, rounds = 1) {
    const settings = built.settings({ API_AUTH: 'public', AWS_LAMBDA_MAX_CONCURRENCY: '64', ...environment });
    const asked = await Promise.all(Array.from({ length: 16 }, (_, i) => made(i)));
    return askThreads(settings, { threads: 4, rounds, asked });
  }

  it('answers all of them rightly, and every thread ends by itself', { timeout: 120_000 }, async () => {
    const found = await ask({ ORT_DISABLE_TELEMETRY: '1' }, good);
    expect(found.wrong).toEqual([]);
    expect(found.right).toBe(64);
    expect(found.megabytes).toBeLessThan(600);
  });

  it('gives each its own answer where half of them are good', { timeout: 120_000 }, async () => {
    const found = await ask({ ORT_DISABLE_TELEMETRY: '1' }, mixed);
    expect(found.wrong).toEqual([]);
    expect(found.right).toBe(64);
  });

  it('answers a thousand of a megabyte rightly, in the same memory', { timeout: 240_000 }, async () => {
    const found = await ask({ ORT_DISABLE_TELEMETRY: '1' }, large, 16);
    expect(found.wrong).toEqual([]);
    expect(found.right).toBe(1024);
    const [early, late] = [found.rounds.slice(3, 9), found.rounds.slice(10)].map((some) => Math.max(...some));
    console.info(`megabytes after each round: ${found.rounds.join(' ')}`);
    expect(late).toBeLessThan(1.25 * (early as number));
  });

  it('says why it cannot answer where the engine would report to its maker', { timeout: 120_000 }, async () => {
    const { right, wrong } = await ask({ ORT_DISABLE_TELEMETRY: '' }, good);
    expect(right).toBe(0);
    expect(wrong).toHaveLength(64);
    for (const answer of wrong) expect(answer).toContain('telemetry-on');
  });
});
