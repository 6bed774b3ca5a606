import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, type CommandEntry } from '../../scripts/commands/index.ts';
import { openStore } from '../../scripts/store/index.ts';
import { ENTRY, run, spawnCommand } from './commands/run.ts';
import { sampleContent } from './store/sample.ts';

let store: string;
beforeAll(async () => {
  store = await mkdtemp(join(tmpdir(), 'freezeframe-cli-'));
});
afterAll(() => rm(store, { recursive: true, force: true }));

describe('the command as it is installed', () => {
  const env = () => ({ FREEZEFRAME_STORE: store });

  it('exits 0 for what is done, 1 for what failed, 2 for what was used wrongly', async () => {
    const outcomes = await Promise.all(
      [['models', 'list'], ['models', 'show', 'gnomes'], ['modles']].map((words) =>
        spawnCommand(words, { env: env() }),
      ),
    );
    expect(outcomes.map(({ code }) => code)).toEqual([0, 1, 2]);
    const [done, failed, wrong] = outcomes;
    expect(done?.stderr).toBe('');
    expect([failed?.stdout, wrong?.stdout]).toEqual(['', '']);
    expect(failed?.stderr).toMatch(/^freezeframe: There is no model named gnomes\n {2}\S/);
    expect(wrong?.stderr).toBe(
      "freezeframe: unknown command 'modles' (Did you mean models?)\n  See what is possible with: freezeframe --help\n",
    );
  });

  it('says how to name a file that begins as an option does', async () => {
    await writeFile(join(store, '-x.jpg'), '');
    const { code, stderr } = await spawnCommand(['predict', 'pets', '-x.jpg'], { cwd: store, env: env() });
    expect([code, stderr]).toEqual([
      2,
      "freezeframe: unknown option '-x.jpg'\n  If the file of that name is meant, write ./-x.jpg\n",
    ]);
  });

  it('ends quietly when whoever reads its results has seen enough', async () => {
    for (let i = 0; i < 3; i++) await openStore(store).save('gnomes', sampleContent(i));
    const child = spawn(process.execPath, [ENTRY, 'models', 'list'], {
      env: { ...process.env, ...env() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // As `| head -0`: the reading end is closed before anything is written.
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('the frame of the commands', () => {
  it('prints help on stderr and exits 2 without a command: nothing was done', async () => {
    const { code, stdout, stderr } = await run([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: freezeframe');
    expect((await run(['models'])).code).toBe(2);
  });

  it('--help names every command and shows examples; --version is that of the package', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    for (const { name, summary } of COMMANDS) {
      const line = lines.find((one) => one.startsWith(`  ${name} `));
      expect(line, name).toContain(summary.split(' ').slice(0, 2).join(' '));
    }
    expect(stdout).toMatch(/^ {2}\$ freezeframe predict /m);
    expect(await run(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it.each(COMMANDS.map(({ name }) => name))('%s has help of its own with examples, by both spellings', async (name) => {
    const { code, stdout } = await run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: freezeframe ${name}`);
    expect(stdout).toMatch(/Examples:\n +\S/);
    expect((await run(['help', name])).stdout).toBe(stdout);
  });

  it('answers a usage error with --json too', async () => {
    const { code, stdout } = await run(['models', 'show', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'used-wrongly',
        message: "missing required argument 'model'",
        details: { reason: 'missingArgument' },
        remedy: 'See what is possible with: freezeframe models show --help',
      },
    });
  });

  it('knows no other command than those in the list', async () => {
    const { code, stderr } = await run(['xyzzy']);
    expect([code, stderr.split('\n')[0]]).toEqual([2, "freezeframe: unknown command 'xyzzy'"]);
  });

  it.each([
    [['trian'], "unknown command 'trian' (Did you mean train?)"],
    [['help', 'trian'], "unknown command 'trian' (Did you mean train?)"],
    [['help', 'xyzzy'], "unknown command 'xyzzy'"],
    [['models', 'lst'], "unknown command 'lst' (Did you mean list?)"],
    [['predict', 'm', 'a.jpg', '--topk', '1'], "unknown option '--topk' (Did you mean --top-k?)"],
    // Commander would say that --name is missing, and no more.
    [['train', 'gnomes', '--nmae', 'x'], "unknown option '--nmae' (Did you mean --name?)"],
    [['train', 'gnomes', '--nmae=x'], "unknown option '--nmae' (Did you mean --name?)"],
    [['train', 'gnomes', '--xyzzy'], "required option '--name <name>' not specified"],
    [
      ['train', 'gnomes', '--name', 'x', '--architecture', 'smal-cnn'],
      "option '--architecture <name>' argument 'smal-cnn' is invalid. Allowed choices are large-cnn, quick-cnn, best-cnn, small-cnn, mlp. (Did you mean small-cnn?)",
    ],
    [
      ['keys', 'create', 'x', '--scope', 'read', 'clasify'],
      "option '--scope <scope...>' argument 'clasify' is invalid. Allowed choices are read, classify. (Did you mean classify?)",
    ],
    [
      ['completion', 'fihs'],
      "command-argument value 'fihs' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish. (Did you mean fish?)",
    ],
  ])('%j: says what was probably meant', async (words, message) => {
    const { code, stderr } = await run(words);
    expect([code, stderr.split('\n')[0]]).toEqual([2, `freezeframe: ${message}`]);
  });

  /** A command three levels deep, whose action does as told. */
  const deep = (action: () => void): CommandEntry[] => [
    {
      name: 'outer',
      summary: 'outer',
      load: async () => {
        const inner = new Command('inner').argument('<word>').option('--json').action(action);
        return new Command('outer').addCommand(new Command('middle').addCommand(inner));
      },
    },
    {
      name: 'other',
      summary: 'other',
      load: async () => {
        throw new Error('loaded without need');
      },
    },
  ];

  it('never ends the process from a command of any depth, and loads no other command', async () => {
    const { code, stderr } = await run(
      ['outer', 'middle', 'inner', 'word', '--nope'],
      deep(() => undefined),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('freezeframe outer middle inner --help');
    expect(
      (
        await run(
          ['outer', 'middle', 'innr'],
          deep(() => undefined),
        )
      ).stderr,
    ).toContain('(Did you mean inner?)');
    expect(
      (
        await run(
          ['outer', 'middle', 'inner', '--help'],
          deep(() => undefined),
        )
      ).code,
    ).toBe(0);
  });

  it.each([
    [
      'a failure that was foreseen',
      new FreezeframeError('disk-full' as never, 'No room', { remedy: 'Make room.' }),
      1,
      'freezeframe: No room\n  Make room.\n',
    ],
    ['wrong usage', new FreezeframeError('used-wrongly', 'Not like this'), 2, 'freezeframe: Not like this\n'],
  ])('tells %s', async (_, error, code, stderr) => {
    const fail = deep(() => {
      throw error;
    });
    expect(await run(['outer', 'middle', 'inner', 'word'], fail)).toEqual({ code, stdout: '', stderr });
  });

  it('keeps the stack of a failure that nobody foresaw', async () => {
    const bug = deep(() => {
      throw new TypeError('a bug');
    });
    const { code, stdout } = await run(['outer', 'middle', 'inner', 'word', '--json'], bug);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'internal', message: 'a bug', details: {} } });
    const plain = await run(['outer', 'middle', 'inner', 'word'], bug);
    expect(plain.code).toBe(1);
    expect(plain.stderr).toMatch(/TypeError: a bug\n +at /);
  });
});
