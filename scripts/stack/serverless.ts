import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';

/** What both `freezeframe` and `serverless` take, in the words of the latter. */
export interface StackOptions {
  /** The folder of serverless.yml. */
  readonly folder: string;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  /** `name=value` */
  readonly parameters?: readonly string[] | undefined;
}

interface Framework {
  /** The script to run with Node. */
  readonly script: string;
  readonly version: string;
}

/**
 * The framework that the project installed, the one that `npx serverless` runs.
 * @throws FreezeframeError `serverless-missing`, also where there is no serverless.yml.
 */
export async function findServerless(folder: string): Promise<Framework> {
  if (!(await stat(join(folder, 'serverless.yml')).catch(() => undefined))) {
    throw new FreezeframeError('serverless-missing', 'There is no serverless.yml in this folder.', {
      remedy: 'Go to the folder of your project, the one with serverless.yml in it.',
    });
  }
  try {
    const file = createRequire(join(folder, 'package.json')).resolve('serverless/package.json');
    const { version, bin } = JSON.parse(await readFile(file, 'utf8')) as {
      version: string;
      bin: { serverless: string };
    };
    return { script: join(dirname(file), bin.serverless), version };
  } catch (cause) {
    throw new FreezeframeError('serverless-missing', 'The Serverless Framework is not installed in this project.', {
      cause,
      remedy: 'Install it (osls is its free continuation): npm install --save-dev serverless@npm:osls',
    });
  }
}

/** Which stack the framework is asked about, and with what. */
type About = Omit<StackOptions, 'folder'>;

/** What to type for the framework to do something. Without the stage it would be about `dev`, whatever was deployed. */
export function serverlessLine(words: readonly string[], about: About): string {
  return ['npx serverless', ...serverlessWords(words, about)].join(' ');
}

/** The command line of the framework, without its name. */
export function serverlessWords(words: readonly string[], { stage, region, parameters = [] }: About): string[] {
  return [
    ...words,
    ...(stage ? ['--stage', stage] : []),
    ...(region ? ['--region', region] : []),
    ...parameters.map((parameter) => `--param=${parameter}`),
  ];
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The signal that somebody sent meanwhile, and that was passed on. */
  readonly stopped: boolean;
}

/**
 * Runs the framework. While it runs, SIGINT and SIGTERM are passed on and waited for: a second one ends it the hard way.
 * @param shown whether what it says goes to stderr, as it says it, in place of being kept.
 */
export async function runServerless(
  words: readonly string[],
  options: StackOptions,
  { shown = false }: { shown?: boolean } = {},
): Promise<Ended> {
  const { script } = await findServerless(options.folder);
  const child = spawn(process.execPath, [script, ...serverlessWords(words, options)], {
    cwd: options.folder,
    // Results are on our stdout: what the framework prints is progress.
    stdio: ['ignore', shown ? 2 : 'pipe', shown ? 2 : 'pipe'],
    env: { ...process.env, SLS_NOTIFICATIONS_MODE: 'off' },
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk) => {
      said[name] += chunk;
    });
  }
  let stopped = false;
  const pass = (signal: NodeJS.Signals) => {
    child.kill(stopped ? 'SIGKILL' : signal);
    stopped = true;
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, pass);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('close', resolve),
    );
    return { code, ...said, stopped };
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}
