import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const HAS_STRACE = spawnSync('strace', ['-V']).status === 0;

/** What a command may do. */
export interface Allowed {
  /** Its working folder, which paths without a leading slash are below. */
  readonly cwd: string;
  /** Folders that it may write in. */
  readonly writes: readonly string[];
  /** Its home, which nothing may be written in, wherever it lies. */
  readonly home: string;
}

const WRITES = /O_WRONLY|O_RDWR|O_CREAT/;
/** What every process opens for writing, and what keeps nothing. */
const DEVICES = /^\/(dev|proc\/self)\//;
/** Who the machine is, and what the user typed. */
const IDENTITY = /^(\/etc\/machine-id|\/var\/lib\/dbus\/machine-id|\/proc\/(self|\d+)\/cmdline)$/;

/**
 * What of a trace by strace nobody asked for: connections that leave the machine, questions to a name server, files written
 * outside of what is allowed, and files that say which machine this is. One sentence each, without repeats.
 */
export function findings(trace: string, { cwd, writes, home }: Allowed): string[] {
  const found = new Set<string>();
  const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
  for (const line of trace.split('\n')) {
    const inet =
      /\b(?:connect|sendto)\(.*sin6?_port=htons\((\d+)\).*?(?:inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")/.exec(
        line,
      );
    if (inet) {
      const [, port, v4, v6] = inet;
      const address = v4 ?? v6 ?? '';
      if (port === '53') found.add('asks a name server');
      else if (!/^(127\.|::1$|::ffff:127\.)/.test(address)) found.add(`calls ${address} port ${port}`);
    }
    const opened = /\b(?:openat\([^,]+|open\(|creat\(|mkdir\(|mkdirat\([^,]+),?\s*"([^"]+)"(.*)/.exec(line);
    if (!opened || /= -1 /.test(line)) continue;
    const [, name = '', flags = ''] = opened;
    const path = resolve(cwd, name);
    if (IDENTITY.test(path)) found.add(`reads ${path}`);
    const isWrite = /\b(creat|mkdir|mkdirat)\(/.test(line) || WRITES.test(flags);
    if (!isWrite || DEVICES.test(path)) continue;
    if (within(path, home) || !writes.some((folder) => within(path, folder))) found.add(`writes ${path}`);
  }
  return [...found];
}

export interface TracedRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly findings: string[];
}

/** Runs a command under strace, with an environment that holds only what is given and a home of its own. */
export async function traced(
  command: readonly string[],
  options: { readonly cwd: string; readonly writes: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<TracedRun> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-trace-'));
  const home = await mkdtemp(join(tmpdir(), 'freezeframe-home-'));
  // A file for each process (-ff): what one writes is not cut by what another does at the same time.
  const words = [
    '-ff',
    '-qq',
    '-s',
    '4096',
    '-e',
    'trace=connect,sendto,open,openat,creat,mkdir,mkdirat',
    '-o',
    join(folder, 't'),
  ];
  try {
    const run = await new Promise<Omit<TracedRun, 'findings'>>((done) => {
      execFile(
        'strace',
        [...words, '--', ...command],
        { cwd: options.cwd, env: { PATH: process.env.PATH ?? '', HOME: home, ...options.env }, maxBuffer: 2 ** 26 },
        (error, stdout, stderr) => done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
    });
    const parts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    return { ...run, findings: findings(parts.join('\n'), { cwd: options.cwd, writes: options.writes, home }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }
}
