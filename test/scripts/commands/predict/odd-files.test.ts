import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useStore } from '../models-store.ts';
import { ENTRY, run, spawnCommand } from '../run.ts';

const scratch = useStore();

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

it('passes over small copies that a system keeps beside pictures', async () => {
  const copies = join(scratch.folder, 'album/@eaDir/1.png');
  await mkdir(copies, { recursive: true });
  const picture = await scratch.picture('album/1.png', 'red');
  await copyFile(picture, join(copies, 'SYNOPHOTO_THUMB_M.png'));
  const { stdout } = await run(['predict', 'colours', join(scratch.folder, 'album'), '--json']);
  expect(lines(stdout).map(({ file }) => file)).toEqual([picture]);
});

describe('freezeframe predict --resume', () => {
  /** A refused picture, then an answered one. */
  async function answers(name: string): Promise<{ file: string; words: string[] }> {
    const pictures = [await scratch.write(`${name}.jpg`, 'no picture'), await scratch.picture(`${name}.png`, 'red')];
    const file = join(scratch.folder, `${name}.jsonl`);
    const words = ['predict', 'colours', ...pictures, '--resume', file];
    expect((await run(words)).code).toBe(1);
    return { file, words };
  }

  it('goes on from the lines that --json prints', async () => {
    const { file, words } = await answers('said');
    const written = await readFile(file, 'utf8');
    expect((await run([...words.slice(0, -2), '--json'])).stdout).toBe(written);
    expect((await run(words)).stderr).toContain('asked about 0 pictures now, 2 before');
    expect(await readFile(file, 'utf8')).toBe(written);
  });

  it('does not go on from answers of another model that is called the same', async () => {
    const { file, words } = await answers('other');
    const [refused, { predictions, ...answered }] = lines(await readFile(file, 'utf8'));
    const [one, ...others] = predictions;
    for (const changed of [
      [{ ...one, probability: one.probability - 0.01 }, ...others],
      [{ ...one, label: 'violet' }, ...others],
    ]) {
      const content = `${JSON.stringify(refused)}\n${JSON.stringify({ ...answered, predictions: changed })}\n`;
      await writeFile(file, content);
      const { code, stdout } = await run([...words, '--json']);
      expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'answers-not-resumable']);
      expect(await readFile(file, 'utf8')).toBe(content);
    }
  });

  it('goes on where the first picture is gone', async () => {
    const { words } = await answers('gone');
    await rm(join(scratch.folder, 'gone.png'));
    expect((await run(words)).stderr).toContain('asked about 0 pictures now, 2 before');
  });

  const devices: [string, () => string][] = process.platform === 'win32' ? [] : [['a device', () => '/dev/null']];
  it.each<[string, () => string]>([['a folder', () => scratch.folder], ...devices])(
    'goes on from no %s',
    async (_, place) => {
      const { code, stdout } = await run(['predict', 'colours', 'a.png', '--resume', place(), '--json']);
      expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'answers-not-resumable']);
    },
  );
});

describe.skipIf(process.platform === 'win32')('odd files (skipped on Windows: it has no such files)', () => {
  it('leaves a pipe in a folder alone, and names a link that leads nowhere', async () => {
    const folder = join(scratch.folder, 'pipes');
    const picture = await scratch.picture('pipes/a.png', 'red');
    execFileSync('mkfifo', [join(folder, 'pipe.png')]);
    await symlink(join(folder, 'pipe.png'), join(folder, 'link.png'));
    await symlink('nowhere', join(folder, 'z.png'));
    const { stdout } = await run(['predict', 'colours', folder, '--json']);
    expect(lines(stdout)).toMatchObject([{ file: picture }, { file: join(folder, 'z.png'), status: 404 }]);
  });

  it('names what evaluate cannot read: pipes and links that lead nowhere', async () => {
    const folder = join(scratch.folder, 'labelled');
    await scratch.picture('labelled/red/a.png', 'red');
    await scratch.picture('elsewhere/b.png', 'blue');
    await symlink(join(scratch.folder, 'elsewhere'), join(folder, 'blue'));
    execFileSync('mkfifo', [join(folder, 'red', 'pipe.png')]);
    await symlink('nowhere', join(folder, 'red', 'z.png'));
    const { count, unreadable } = JSON.parse((await run(['evaluate', 'colours', folder, '--json'])).stdout);
    expect(count).toBe(2);
    expect(unreadable).toEqual([
      { file: join(folder, 'red', 'pipe.png'), reason: 'neither a file nor a folder' },
      { file: join(folder, 'red', 'z.png'), reason: 'cannot be opened (ENOENT)' },
    ]);
  });

  it('does not read a file that is larger than any picture, and says why another is not read', async () => {
    const large = await scratch.write('large.png', '');
    await truncate(large, 8 * 1024 ** 3);
    const self = join(scratch.folder, 'self.png');
    await symlink('self.png', self);
    const { stdout } = await run(['predict', 'colours', large, self, '--json']);
    expect(lines(stdout)).toMatchObject([
      { file: large, status: 413 },
      { file: self, detail: `${self} cannot be read (ELOOP)` },
    ]);
  });

  it.skipIf(process.platform === 'darwin')(
    'finds a name that is not UTF-8 (skipped on macOS: none can be)',
    async () => {
      const folder = join(scratch.folder, 'latin');
      await mkdir(folder);
      await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.png')]), '');
      const { stdout } = await run(['predict', 'colours', folder, '--json']);
      expect(lines(stdout)).toMatchObject([{ status: 404, remedy: expect.stringContaining('rename') }]);
    },
  );
});

it.skipIf(process.platform === 'win32')(
  'keeps a name with a line end on its line (skipped on Windows: none has)',
  async () => {
    const [good, bad] = [await scratch.picture('a\nb.png', 'red'), await scratch.write('c\nd.png', 'no picture')];
    const { stdout, stderr } = await run(['predict', 'colours', good, bad, '--top-k', '1']);
    expect(stdout).toMatch(/^\S+a\\u000ab\.png\n.*red\n$/);
    expect(stderr).toMatch(/^freezeframe: \S+c\\u000ad\.png: /);
  },
);

describe('names on stdin', () => {
  it('may begin with a byte order mark and end as on Windows', async () => {
    const [a, b] = [await scratch.picture('a b.png', 'red'), await scratch.picture('b.png', 'blue')];
    const input = Buffer.from(`\ufeff${a}\r\n\r\n${b}\r\n${a}\r\n`);
    const { code, stdout } = await spawnCommand(['predict', 'colours', '-', '--json'], { input });
    expect([code, lines(stdout).map(({ file }) => file)]).toEqual([0, [a, b, a]]);
  });

  it('are missed where there is none', async () => {
    const { code, stderr } = await spawnCommand(['predict', 'colours', '-'], { input: Buffer.from('\n\n') });
    expect([code, stderr]).toEqual([1, expect.stringContaining('no name in the list')]);
  });
});

it.skipIf(process.platform !== 'linux')(
  'says that the output is full, without a stack (skipped without /dev/full)',
  async () => {
    const picture = await scratch.picture('full.png', 'red');
    const words = ['predict', 'colours', picture, '--json'];
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [ENTRY, ...words], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    expect([status, stderr.toString()]).toEqual([1, expect.stringMatching(/^freezeframe: The output .*ENOSPC.*\n$/)]);
  },
);
