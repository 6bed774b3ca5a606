import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { main } from '../../../scripts/cli.ts';
import type { CommandEntry } from '../../../scripts/commands/index.ts';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command line in this process: fast, for what a command says and answers. */
export async function run(words: readonly string[], commands?: readonly CommandEntry[]): Promise<Outcome> {
  const captured = { stdout: '', stderr: '' };
  const capture = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      captured[name] += String(chunk);
      return true;
    });
  const spies = [capture('stdout'), capture('stderr')];
  try {
    const code = await main(['node', 'freezeframe', ...words], commands);
    return { code, ...captured };
  } finally {
    for (const spy of spies) spy.mockRestore();
    // A command may set it; it must not become the exit code of the tests.
    process.exitCode = undefined;
  }
}

/** The command as it is installed. */
export const ENTRY = fileURLToPath(new URL('../../../scripts/freezeframe.js', import.meta.url));

/** Runs the real command in a process of its own. */
export async function spawnCommand(
  words: readonly string[],
  { input, env = {}, cwd }: { input?: Uint8Array; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [ENTRY, ...words], { cwd, env: { ...process.env, ...env } });
  // A command that fails at once does not read its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)]);
  return { code, stdout: stdout.toString(), stderr };
}
