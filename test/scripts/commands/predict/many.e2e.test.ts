import { spawn } from 'node:child_process';
import { mkdir, readFile, rename, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { useStore } from '../models-store.ts';
import { ENTRY, run, spawnCommand } from '../run.ts';

const scratch = useStore();
const COUNT = 60;
let folder = '';

beforeAll(async () => {
  folder = join(scratch.folder, 'many');
  for (let i = 0; i < COUNT; i++) {
    const background = { r: (i * 53) % 256, g: (i * 101) % 256, b: (i * 17) % 256 };
    const create = { width: 8, height: 8, channels: 3 as const, background };
    await scratch.write(`many/${String(i).padStart(2, '0')}.png`, await sharp({ create }).png().toBuffer());
  }
  await scratch.write('many/40.png', 'no picture');
});

const linesIn = async (file: string) => (await readFile(file, 'utf8')).trimEnd().split('\n');
const filesIn = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).file as string);

/** The lines of an undisturbed run. */
async function allLines(): Promise<string[]> {
  return (await run(['predict', 'colours', folder, '--json'])).stdout.trimEnd().split('\n');
}

describe('freezeframe predict on many pictures', () => {
  it('tells what cannot be read in its place, and once more at the end', async () => {
    const { code, stdout, stderr } = await run(['predict', 'colours', folder, '--json']);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(filesIn(lines)).toEqual(
      Array.from({ length: COUNT }, (_, i) => join(folder, `${String(i).padStart(2, '0')}.png`)),
    );
    expect(JSON.parse(lines[40] as string)).toMatchObject({ status: 415 });
    expect(stderr).toMatch(/40\.png: Expected JPEG.*\n.*\nfreezeframe: 1 of 60 pictures could not be answered\n$/);
    expect(stderr).toMatch(/^Answering 60\/60 pictures [\d.]+ a second/m);
  });

  it('--resume goes on from what a killed process left, and has every line once', async () => {
    const file = join(scratch.folder, 'killed.jsonl');
    const words = ['predict', 'colours', folder, '--resume', file];
    const child = spawn(process.execPath, [ENTRY, ...words], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await expect
      .poll(async () => (await stat(file).catch(() => ({ size: 0 }))).size, { interval: 1 })
      .toBeGreaterThan(0);
    child.kill('SIGKILL');
    await ended;
    const before = await readFile(file, 'utf8');
    const outcome = await run(words);
    expect([outcome.code, outcome.stdout]).toEqual([1, '']);
    expect((await readFile(file, 'utf8')).startsWith(before.slice(0, before.lastIndexOf('\n') + 1))).toBe(true);
    expect(await linesIn(file)).toEqual(await allLines());
  });

  it.each([1, 5, 700, 1_201])('--resume answers again what was cut off after %i bytes', async (bytes) => {
    const file = await scratch.write('cut.jsonl', `${(await allLines()).join('\n')}\n`);
    await truncate(file, bytes);
    const { stderr } = await run(['predict', 'colours', folder, '--resume', file]);
    expect(await linesIn(file)).toEqual(await allLines());
    expect(stderr).toContain('1 of 60 pictures could not be answered');
  });

  it('--resume asks about new pictures alone, and counts earlier failures', async () => {
    const file = join(scratch.folder, 'grown.jsonl');
    const late = join(folder, '05.png');
    await rename(late, `${late}.away`);
    await run(['predict', 'colours', folder, '--resume', file]);
    await rename(`${late}.away`, late);
    const { code, stderr } = await run(['predict', 'colours', folder, '--resume', file]);
    expect(code).toBe(1);
    expect(stderr).toContain('asked about 1 picture now, 59 before');
    expect(stderr).toContain('1 of 60 pictures could not be answered');
    const lines = await linesIn(file);
    expect([filesIn(lines).at(-1), lines.length, new Set(lines).size]).toEqual([late, COUNT, COUNT]);
  });

  it('--resume keeps its hands off files that hold something else', async () => {
    const line = (fields: object) => `${JSON.stringify({ file: 'a.png', ...fields })}\n`;
    const predictions = Array.from({ length: 3 }, () => ({ label: 'red', probability: 0.1 }));
    for (const [content, reason] of [
      ['my notes', 'line 1 is no answer'],
      ['my notes\n', 'line 1 is no answer'],
      [line({ model: { name: 'colours', version: '2' }, predictions }), 'line 1 is of colours@2'],
      [line({ model: { name: 'colours', version: '1' }, predictions: [] }), 'line 1 names 0 labels, not 3'],
      [`${line({ status: 415 })}{"file":"b.png"}\n`, 'line 2 is no answer'],
    ] as const) {
      const file = await scratch.write('other.jsonl', content);
      const { code, stderr } = await run(['predict', 'colours', folder, '--resume', file]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`cannot be gone on from: ${reason}`)]);
      expect(await readFile(file, 'utf8')).toBe(content);
    }
  });

  it('--resume refuses a file that another process writes to', async () => {
    const file = join(scratch.folder, 'shared.jsonl');
    const words = ['predict', 'colours', folder, '--resume', file];
    const [one, other] = await Promise.all([spawnCommand(words), spawnCommand(words)]);
    const all = await allLines();
    expect(await linesIn(file)).toEqual(all);
    const refused = [one, other].filter(({ stderr }) => /process \d+ is writing to it/.test(stderr));
    // Where one had ended before the other began, both have said what cannot be read.
    const done = [one, other].filter(({ stderr }) => stderr.includes('1 of 60 pictures could not be answered'));
    expect(refused.length + done.length).toBe(2);
    expect(done.length).toBeGreaterThan(0);
  });

  it('--resume says where it cannot write', async () => {
    const { stdout } = await run([
      'predict',
      'colours',
      folder,
      '--json',
      '--resume',
      join(scratch.folder, 'no', 'a.jsonl'),
    ]);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'output-not-writable' });
  });

  it.each([
    ['--request', 'r.json'],
    ['a.png', '--explain', 'b.png'],
  ])('--resume does not go with %s', async (...words) => {
    expect((await run(['predict', 'telling', ...words, '--resume', 'a.jsonl'])).code).toBe(2);
  });
});

describe('names of pictures', () => {
  it('may be a pattern, unless a file is called so', async () => {
    await symlink(join(folder, '01.png'), join(folder, '1[a].png'));
    await mkdir(join(folder, 'deep'), { recursive: true });
    await symlink('..', join(folder, 'deep', 'up'));
    await scratch.picture('many/deep/0.png', 'red');
    const named = async (pattern: string) =>
      filesIn((await run(['predict', 'colours', pattern, '--json'])).stdout.trimEnd().split('\n'));
    expect(await named(join(folder, '0[12]*.png'))).toEqual([join(folder, '01.png'), join(folder, '02.png')]);
    expect(await named(join(folder, '1[a].png'))).toEqual([join(folder, '1[a].png')]);
    expect(await named(join(folder, '**/{0,03}.png'))).toEqual([join(folder, '03.png'), join(folder, 'deep', '0.png')]);
    const none = await run(['predict', 'colours', join(folder, '*.bmp'), '--json']);
    expect([none.code, JSON.parse(none.stdout)]).toEqual([1, expect.objectContaining({ status: 404 })]);
  });

  it.each([
    [[], '\n'],
    [[], '\r\n'],
    [['--null'], '\0'],
  ])('come on stdin with %j, each ended by %j', async (options, end) => {
    const odd = await scratch.picture('a b\tü.png', 'red');
    const names = [odd, join(folder, '03.png'), join(scratch.folder, 'absent.png')];
    const input = Buffer.from(names.map((name) => name + end).join(''));
    const { code, stdout } = await spawnCommand(['predict', 'colours', '-', '--json', ...options], { input });
    expect(code).toBe(1);
    expect(filesIn(stdout.trimEnd().split('\n'))).toEqual(names);
  });

  it.each(['', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'BM\0\0\0'])(
    'are not taken from %j on stdin',
    async (content) => {
      const { code, stdout } = await spawnCommand(['predict', 'colours', '-', '--json'], {
        input: Buffer.from(content),
      });
      expect([code, JSON.parse(stdout)]).toEqual([
        1,
        expect.objectContaining({ file: '-', status: content ? 415 : 400 }),
      ]);
      const resumed = await spawnCommand(['predict', 'colours', '-', '--resume', 'a.jsonl'], {
        input: Buffer.from(content),
      });
      expect(resumed.code).toBe(2);
    },
  );
});
