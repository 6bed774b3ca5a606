import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainInChild } from '../../../../scripts/commands/start/train-child.ts';

describe('trainInChild', () => {
  let work: string;
  const command = async (script: string) => {
    const file = join(work, `${Math.random()}.mjs`);
    await writeFile(file, script);
    return file;
  };

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-train-'));
  });
  afterAll(() => rm(work, { recursive: true }));

  it('answers what the last line says', async () => {
    const script = `console.log('x'); console.log(JSON.stringify({ name: process.argv[3], version: '2', metrics: { a: 1 } }))`;
    expect(await trainInChild(['gnomes'], await command(script))).toEqual({
      ok: true,
      name: 'gnomes',
      version: '2',
      metrics: { a: 1 },
    });
  });

  it('answers the error that it prints, with its remedy', async () => {
    const script = `console.log(JSON.stringify({ error: { code: 'c', message: 'm', remedy: 'r' } })); process.exit(1)`;
    const outcome = await trainInChild([], await command(script));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'c', message: 'm', remedy: 'r' } });
  });

  it('answers a failure that says nothing', async () => {
    const outcome = await trainInChild([], await command('process.exit(7)'));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'training-failed' } });
  });
});
