import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFigures } from '../../../scripts/plan/figures.ts';
import { measureBundle } from '../../../scripts/plan/measure.ts';
import { makeFakeBuild } from '../local/fake-build.ts';

/** Takes 100 ms to start, 40 ms for the first answer, 10 ms for others. */
const FUNCTION = `
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
await wait(100);
let calls = 0;
export async function handler({ rawPath, rawQueryString, headers, body, isBase64Encoded }) {
  if (rawPath !== '/classify' || !isBase64Encoded || body.length < 10) return { statusCode: 400, body: 'not a picture' };
  await wait(calls++ === 0 ? 40 : 10);
  const { model = 'gnomes', version = '1' } = Object.fromEntries(new URLSearchParams(rawQueryString));
  return { statusCode: 200, body: JSON.stringify({ model: { name: model, version } }) };
}`;

describe('measuring what is bundled', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-measure-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('measures starts, first answers and warm ones, for one vCPU and more', async () => {
    const seen: number[] = [];
    const buildDir = await makeFakeBuild(folder, FUNCTION);
    const file = await measureBundle({ buildDir, model: 'cats@3', progress: (done, parts) => seen.push(done / parts) });
    expect(file.of).toMatch(/^cats@3, a picture of 1280 x 960, \d+ x .+, \d{4}-\d\d-\d\d$/);
    const { figures } = parseFigures(JSON.parse(JSON.stringify(file)), 'now');
    expect(figures.map(({ memoryMb }) => memoryMb)).toEqual(
      [1769, 3538, 7076].filter((memory) => memory <= 1769 * Math.max(1, availableParallelism())),
    );
    for (const { init, first, warm } of figures) {
      expect(init(0)).toBeGreaterThan(100);
      expect(first(0)).toBeGreaterThan(39);
      expect(warm(0)).toBeGreaterThan(9);
      expect(warm(0.25)).toBeLessThan(first(0.25));
    }
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it.each([
    ['does not start', 'throw new Error("no engine")', /does not start: .*no engine/s],
    ['refuses the picture', FUNCTION.replaceAll('/classify', '/other'), /status 200 .* received .*not a picture/],
    ['says nothing', 'export const handler = () => process.exit(3)', /status 200/],
    ['answers nothing', 'export const handler = () => undefined', /received none/],
    ['fails', 'export const handler = () => { throw new Error("broken") }', /status 200 .*broken/],
  ])('says so where the function %s', async (_, text, message) => {
    const measuring = measureBundle({ buildDir: await makeFakeBuild(folder, text) });
    await expect(measuring).rejects.toThrow(message);
    await expect(measuring).rejects.toMatchObject({ code: 'figures-not-measured' });
  });

  it('measures a function that does not name its model', async () => {
    const text = 'export const handler = () => ({ statusCode: 200, body: "ok" })';
    const { of } = await measureBundle({ buildDir: await makeFakeBuild(folder, text) });
    expect(of).toMatch(/^a function of its own, /);
  });

  it('says what to do where nothing was built, and where there is no picture', async () => {
    await expect(measureBundle({ buildDir: join(folder, 'build') })).rejects.toMatchObject({ code: 'not-built' });
    await writeFile(join(folder, 'empty.jpg'), '');
    const buildDir = await makeFakeBuild(folder, FUNCTION);
    await expect(measureBundle({ buildDir, picture: join(folder, 'empty.jpg') })).rejects.toMatchObject({
      code: 'figures-not-measured',
    });
    await expect(measureBundle({ buildDir, picture: join(folder, 'none.jpg') })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
