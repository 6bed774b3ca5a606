import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from '../../../../scripts/local/runtime/pool.ts';
import { makeFakeBuild } from '../fake-build.ts';

/** Starts only when the file `ready` is there. */
const MOODY = `
import { existsSync } from 'node:fs';
if (!existsSync(new URL('ready', import.meta.url))) throw new Error('not yet');
export async function handler(event) { return event; }
`;

describe('Pool', () => {
  let work: string;
  const pool = (log: (line: string) => void, timeout: number) =>
    new Pool(
      {
        name: 'http',
        folder: join(work, 'functions/http'),
        layerModules: join(work, 'layers/inference/nodejs/node_modules'),
        modelsDir: join(work, 'layers/model/models'),
        environment: {},
        memory: 1769,
      },
      { concurrency: 1, timeout, log },
    );
  const event = '{"a":1}';

  beforeAll(async () => {
    work = await makeFakeBuild(await mkdtemp(join(tmpdir(), 'freezeframe-pool-')), MOODY);
  });
  afterAll(() => rm(work, { recursive: true }));

  it('tries again to start with growing pauses, and answers who waited once it starts', async () => {
    const lines: string[] = [];
    const moody = pool((line) => lines.push(line), 10_000);
    const answer = moody.invoke(event);
    while (lines.filter((line) => line.includes('next try')).length < 2)
      await new Promise((done) => setTimeout(done, 20));
    await writeFile(join(work, 'functions/http/ready'), '');
    expect(await answer).toMatchObject({ kind: 'response', body: Buffer.from('{"a":1}') });
    expect(lines.filter((line) => line.includes('next try')).map((line) => /in (\d+) ms/.exec(line)?.[1])).toEqual(
      expect.arrayContaining(['100', '200']),
    );
    await moody.close();
    await rm(join(work, 'functions/http/ready'));
    expect(moody.pids).toEqual([]);
  });

  it('gives up for who waited when the time is over', async () => {
    const moody = pool(() => {}, 300);
    expect(await moody.invoke(event)).toMatchObject({ kind: 'ended', ending: { reason: 'timed-out' } });
    await moody.close();
  });
});
