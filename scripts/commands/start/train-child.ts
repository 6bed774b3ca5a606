import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, FreezeframeError } from '@freezeframe/inference';
import { WITH_PARENT } from '#local';
import { QUIET_FAILURES } from '#terminal';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const COMMAND = fileURLToPath(new URL('../../freezeframe.js', import.meta.url));

export type TrainOutcome =
  | { readonly ok: true; readonly name: string; readonly version: string; readonly metrics: Record<string, unknown> }
  | { readonly ok: false; readonly error: FreezeframeError };

/**
 * Runs `freezeframe train` in a process of its own: its memory is free again when the gateway starts, and what it says on
 * stderr (progress) goes straight to the terminal.
 * @param words what follows `train`. @param command the script to run.
 */
export async function trainInChild(words: readonly string[], command = COMMAND): Promise<TrainOutcome> {
  const child = spawn(process.execPath, ['--import', WITH_PARENT, command, 'train', ...words, '--json'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // What it fails with comes as JSON; its advice is for those who typed `train`.
    env: { ...process.env, [QUIET_FAILURES]: '1' },
  });
  let stopped = false;
  // A terminal sends Ctrl-C to both, others to this process alone. It must not end first: then nobody would say anything.
  const passOn = (signal: NodeJS.Signals) => {
    stopped = true;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, passOn);
  });
  const result = lastLine(said);
  if (code === 0 && typeof result?.name === 'string' && typeof result.version === 'string') {
    const { name, version, metrics } = result;
    return { ok: true, name, version, metrics: (metrics ?? {}) as Record<string, unknown> };
  }
  const {
    code: reason = stopped ? 'interrupted' : 'training-failed',
    message = stopped ? 'Training was stopped' : `Training ended with exit code ${code}`,
    remedy,
  } = (result?.error ?? {}) as { code?: ErrorCode; message?: string; remedy?: string };
  return { ok: false, error: new FreezeframeError(reason, message, remedy ? { remedy } : {}) };
}

function lastLine(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
