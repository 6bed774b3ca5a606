import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../commands/run.ts';

/** Commands by which one shell is asked what it would offer behind a line. */
interface Shell {
  readonly name: 'bash' | 'zsh' | 'fish';
  readonly ask: (script: string, line: string) => readonly string[];
}

const bashWords = (line: string) =>
  line
    .split(' ')
    .map((word) => `'${word}'`)
    .join(' ');

const SHELLS: readonly Shell[] = [
  {
    name: 'bash',
    ask: (script, line) => [
      '--noprofile',
      '--norc',
      '-c',
      `source '${script}'; COMP_WORDS=(${bashWords(line)}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _freezeframe; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
  },
  {
    name: 'zsh',
    // What is offered, caught where zsh is told of it; it then takes what begins with the word.
    ask: (script, line) => [
      '-f',
      '-c',
      `compdef() { }
compadd() { [[ $1 == -a ]] && print -l -- \${(P)2} || { shift; print -l -- "$@" }; }
_describe() { local list=$4; print -l -- \${\${(P)list}%%:*}; }
_files() { print -l -- *; }
source '${script}'
words=(${bashWords(line)}); CURRENT=\${#words}
for word in "\${(@f)$(_freezeframe)}"; do [[ $word == \${words[CURRENT]}* ]] && print -r -- $word; done; true`,
    ],
  },
  {
    name: 'fish',
    ask: (script, line) => ['--no-config', '-c', `source '${script}'; complete -C '${line}'`],
  },
];

/** What is offered behind a line: some of it, and what must not be there. */
const LINES: readonly [line: string, offered: string[], not: string[]][] = [
  ['freezeframe ', ['start', 'train', 'models', 'completion', 'help'], ['list', '--name']],
  ['freezeframe tr', ['train'], ['models']],
  ['freezeframe models ', ['list', 'show', 'tag'], ['train']],
  ['freezeframe models sh', ['show'], ['list']],
  ['freezeframe models show ', ['gnomes', 'mnist'], ['list', 'photo.jpg']],
  ['freezeframe models show g', ['gnomes'], ['mnist']],
  ['freezeframe predict --request ', ['photo.jpg'], ['gnomes']],
  ['freezeframe train --backend ', ['auto', 'onnx'], ['gnomes', '--seed']],
  ['freezeframe train --ba', ['--backend', '--batch-size'], ['--seed']],
  ['freezeframe bundle --model ', ['gnomes', 'mnist'], ['photo.jpg']],
  ['freezeframe --store x models ', ['list'], ['train']],
  ['freezeframe help mod', ['models'], ['train']],
  ['freezeframe completion ', ['bash', 'zsh', 'fish'], ['train']],
  ['freezeframe train --name ', [], ['gnomes', 'photo.jpg', 'train']],
];

describe.each(SHELLS)('in a real $name', ({ name, ask }) => {
  const there = spawnSync(name, ['-c', 'exit 0']).status === 0;
  if (!there) console.warn(`skipped: completion in ${name} (it is not installed)`);

  let folder: string;
  let script: string;
  beforeAll(async () => {
    if (!there) return;
    folder = mkdtempSync(join(tmpdir(), 'freezeframe completion-'));
    for (const model of ['gnomes', 'mnist'])
      mkdirSync(join(folder, '.freezeframe', 'models', model), { recursive: true });
    writeFileSync(join(folder, 'photo.jpg'), '');
    script = join(folder, 'script');
    const { code, stdout } = await run(['completion', name]);
    expect(code).toBe(0);
    writeFileSync(script, stdout);
  });
  afterAll(() => folder && rmSync(folder, { recursive: true }));

  it.skipIf(!there).each(LINES)('%s', (line, offered, not) => {
    const env = { ...process.env, FREEZEFRAME_STORE: '', HOME: folder };
    const said = execFileSync(name, ask(script, line), {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const words = said.split('\n').map((one) => one.split('\t')[0] as string);
    for (const word of offered) expect(words).toContain(word);
    for (const word of not) expect(words).not.toContain(word);
  });
});
