import { stripVTControlCharacters } from 'node:util';
import { FreezeframeError } from '@freezeframe/inference';
import { runServerless, type StackOptions } from './serverless.ts';

/** What serverless.yml comes to, for one stage and with the parameters that were given. */
export interface StackSettings {
  /** `SERVICE-STAGE` */
  readonly stack: string;
  readonly stage: string;
  readonly region: string;
  /** As Lambda calls it. */
  readonly architecture: string;
  /** Who may call: `key`, `iam`, `jwt`, `public`. */
  readonly access: string;
  readonly keysPath: string;
  /** Seconds after which a new key works. */
  readonly keysTtl: number;
  /** Environments that are kept for functions. */
  readonly reserved: number;
  /** Environments that answer uploads at once. */
  readonly uploadsAtOnce: number;
}

interface Printed {
  service: string;
  provider: { stage: string; region: string; architecture?: string };
  functions?: Record<
    string,
    {
      environment?: Record<string, unknown>;
      reservedConcurrency?: unknown;
      events?: { sqs?: { maximumConcurrency?: unknown } }[];
    }
  >;
}

/**
 * Has the framework resolve serverless.yml, which refuses settings that cannot work. Asks no account.
 * @throws FreezeframeError `settings-refused`, `serverless-missing`.
 */
export async function readSettings(options: StackOptions): Promise<StackSettings> {
  const { code, stdout, stderr } = await runServerless(['print', '--format', 'json'], options);
  const printed = code === 0 ? parse(stdout) : undefined;
  if (!printed) {
    throw new FreezeframeError(
      'settings-refused',
      `serverless.yml cannot be used: ${sentences(`${stderr}\n${stdout}`)}`,
      {
        remedy: 'docs/deploy.md of @freezeframe/cli has every setting, and what it may be.',
      },
    );
  }
  const { service, provider, functions = {} } = printed;
  const all = Object.values(functions);
  const { environment = {} } = all.find((one) => one.environment && 'API_AUTH' in one.environment) ?? {};
  const numbers = (values: readonly unknown[]) => values.map(Number).filter((value) => value > 0);
  return {
    stack: `${service}-${provider.stage}`,
    stage: provider.stage,
    region: provider.region,
    architecture: provider.architecture ?? 'x86_64',
    access: String(environment.API_AUTH ?? 'key'),
    keysPath: String(environment.API_KEYS_PATH ?? ''),
    keysTtl: Number(environment.API_KEYS_TTL ?? 0),
    reserved: numbers(all.map((one) => one.reservedConcurrency)).reduce((sum, one) => sum + one, 0),
    uploadsAtOnce: Math.max(
      0,
      ...numbers(all.flatMap(({ events = [] }) => events.map(({ sqs }) => sqs?.maximumConcurrency))),
    ),
  };
}

/** The framework may say something before. */
function parse(text: string): Printed | undefined {
  try {
    return JSON.parse(text.slice(text.indexOf('{')));
  } catch {
    return undefined;
  }
}

/** What the framework said, without its colours, its frame and what it says of itself. */
export function sentences(text: string): string {
  return stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim().replace(/^[✖×]\s*/, ''))
    .filter(
      (line) =>
        line !== '' && !/^(Error:|Environment:|Docs:|Support:|Bugs:|\d+ deprecation|.*Run "serverless)/.test(line),
    )
    .join(' ')
    .slice(0, 2_000);
}
