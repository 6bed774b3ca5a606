import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { chosenNames, medians } from '../../../scripts/bench/bench.ts';
import { BENCHES, main } from '../../../scripts/bench/main.ts';

describe('npm run bench', () => {
  it('lists what there is when asked for something else', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await main(['nothing'])).toBe(2);
    expect(await main(['toString'])).toBe(2);
    expect(said.mock.calls.join('')).toContain('serve');
    said.mockRestore();
  });

  it.each(Object.keys(BENCHES))('%s is in a file of its own, under its own name', async (name) => {
    expect(readdirSync(join(import.meta.dirname, '../../../scripts/bench/benches'))).toContain(`${name}.ts`);
    expect(await BENCHES[name]?.()).toMatchObject({ name, summary: expect.any(String) });
  });
});

describe('what npm run bench is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  async function told(...args: string[]) {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const shown = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const code = await main(args);
    const text = said.mock.calls.join('');
    said.mockRestore();
    shown.mockRestore();
    expect(text).not.toMatch(/^ +at /m);
    return { code, text };
  }

  it.each([
    ['no figures to compare with', () => ['decode', '--compare', join(folder, 'none.json')], 'none.json'],
    ['damaged figures', () => ['decode', '--compare', file('damaged.json', '{"bench":')], 'received "no JSON"'],
    ['nothing', () => ['decode', '--compare', file('null.json', 'null')], 'received "no JSON"'],
    ['others', () => ['decode', '--compare', file('o.json', '{"bench":"cold","figures":{}}')], 'figures of cold'],
    ['a folder in a file', () => ['decode', '--out', join(file('file', ''), 'out')], 'The system refused'],
    ['a folder that cannot be', () => ['decode', '--out', '/proc/none/out'], 'The system refused'],
    ['subjects that are not there', () => ['serve', '--only', 'freezeframe,nobody'], '--only but received "nobody"'],
    ['no subjects', () => ['cold', '--only', ''], '--only but received ""'],
    ['no count', () => ['load', 'many'], 'a number of requests'],
    ['half a request', () => ['memory', '1.5'], 'a number of requests'],
    ['no picture', () => ['folder', '0'], 'a number of pictures'],
  ])('is refused before anything is measured: %s', async (_, args, words) => {
    const { code, text } = await told(...args());
    expect({ code, text }).toEqual({ code: 2, text: expect.stringContaining(words) });
  });

  it('names the variable that is not set', async () => {
    vi.stubEnv('MODELS_SAMPLE_DIR', '');
    const { code, text } = await told('import');
    vi.unstubAllEnvs();
    expect({ code, text }).toEqual({ code: 2, text: expect.stringContaining('MODELS_SAMPLE_DIR') });
  });

  it('chooses by names, and by parts of them', () => {
    const names = ['floor', 'freezeframe', 'freezeframe int8'];
    expect([...chosenNames(names, [])]).toEqual(names);
    expect([...chosenNames(names, ['freezeframe'])]).toEqual(['freezeframe']);
    expect([...chosenNames(names, ['int', 'loo'])]).toEqual(['freezeframe int8', 'floor']);
  });

  it('leaves nothing where it is interrupted', { timeout: 30_000 }, async () => {
    const program = join(import.meta.dirname, '../../../scripts/bench/main.ts');
    const options = { env: { ...process.env, TMPDIR: folder }, stdio: 'ignore' } as const;
    const child = spawn(process.execPath, ['--import', 'tsx', program, 'batch', '--rounds', '900'], options);
    const made = () => readdirSync(folder).filter((name) => name.startsWith('freezeframe-bench-'));
    await vi.waitFor(() => expect(made()).toHaveLength(1), { timeout: 20_000, interval: 100 });
    const [work = ''] = made();
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(existsSync(join(folder, work))).toBe(false);
  });
});

describe('medians', () => {
  it('runs all in turn and answers the middle time', async () => {
    const order: string[] = [];
    const wait = (name: string, ms: number) => () => {
      order.push(name);
      return new Promise((done) => setTimeout(done, ms));
    };
    const { slow, quick } = await medians({ slow: wait('slow', 30), quick: wait('quick', 1) }, 3);
    expect(slow).toBeGreaterThan(quick);
    expect(order.slice(0, 4)).toEqual(['slow', 'quick', 'slow', 'quick']);
    expect(order).toHaveLength(12); // three rounds of warming up, three that count
  });
});
