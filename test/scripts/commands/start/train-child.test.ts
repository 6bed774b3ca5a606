import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { trainInChild } from '../../../../scripts/commands/start/train-child.ts';

describe('trainInChild', () => {
  const before = process.listenerCount('SIGINT');
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

  it('passes Ctrl-C on, and answers that training was stopped', async () => {
    const ready = join(work, 'ready');
    const waiting = `import { writeFileSync } from 'node:fs';
    process.on('SIGINT', () => {
      console.log(JSON.stringify({ error: { code: 'interrupted', message: 'stopped in epoch 3' } }));
      process.exit(1);
    });
    writeFileSync(${JSON.stringify(ready)}, '');
    setInterval(() => undefined, 1000);`;
    const outcome = trainInChild([], await command(waiting));
    await vi.waitFor(() => access(ready), 20_000);
    process.emit('SIGINT', 'SIGINT');
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'interrupted', message: 'stopped in epoch 3' } });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('answers that training was stopped where it said nothing more', async () => {
    const outcome = trainInChild([], await command('setInterval(() => undefined, 1000)'));
    await vi.waitFor(() => expect(process.listenerCount('SIGTERM')).toBeGreaterThan(0));
    process.emit('SIGTERM', 'SIGTERM');
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'interrupted' } });
  });
});
