import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageStack, type Template } from './package-stack.ts';

/** The program `cfn-lint` (PyPI). */
const CFN_LINT = process.env.CFN_LINT;

/** Warnings that stay, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  W3005: 'The framework names dependencies that a reference implies already; it does no harm.',
};

interface Match {
  Filename: string;
  Level: 'Error' | 'Warning' | 'Informational';
  Message: string;
  Rule: { Id: string };
  Location: { Path: unknown[] };
}

const CASES = [
  ['as it is', [], 'x86_64'],
  [
    'with everything set',
    [
      'access=jwt',
      'jwtIssuer=https://id.example.org/pool',
      'jwtAudience=one',
      'architecture=arm64',
      'runtime=nodejs24.x',
      'httpConcurrency=20',
      'alarmEmail=me@example.org',
      'corsOrigins=https://a.example',
      'readBuckets=photos',
      'tracing=true',
    ],
    'arm64',
  ],
] as const;

/** What makes a copy of the stack wrong in one place. */
const BROKEN = 'with a time that is none';

describe.skipIf(!CFN_LINT)('cfn-lint', () => {
  let folder: string;
  let found: ReadonlyMap<string, readonly Match[]>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-lint-'));
    const packaged = await Promise.all(
      CASES.map(async ([title, parameters, architecture]) => {
        const { template } = await packageStack(parameters, { architecture });
        return [title, template] as const;
      }),
    );
    const broken = structuredClone(packaged[0]?.[1] as Template);
    (broken.Resources.UploadsQueue as { Properties: Record<string, unknown> }).Properties.VisibilityTimeout = 'soon';
    found = await lint([...packaged, [BROKEN, broken]]);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /**
   * All in one process: it takes longer to start than to look.
   * It ends with 2 for errors and 4 for warnings alone: what it found says more than that.
   */
  async function lint(templates: readonly (readonly [string, Template])[]): Promise<Map<string, Match[]>> {
    const files = templates.map((_, at) => join(folder, `${at}.json`));
    await Promise.all(files.map((file, at) => writeFile(file, JSON.stringify(templates[at]?.[1]))));
    const words = [...files, '--format', 'json', '--regions', 'us-east-1', 'eu-central-1'];
    const run = promisify(execFile)(CFN_LINT as string, words, { maxBuffer: 1 << 26 });
    const { stdout } = await run.catch((error: Error & { stdout?: string }) => {
      if (error.stdout?.trim().startsWith('[')) return { stdout: error.stdout };
      throw error;
    });
    const matches = JSON.parse(stdout || '[]') as Match[];
    return new Map(templates.map(([title], at) => [title, matches.filter(({ Filename }) => Filename === files[at])]));
  }

  const errors = (matches: readonly Match[]) =>
    matches.filter(({ Level }) => Level === 'Error').map(({ Message }) => Message);

  it.each(CASES.map(([title]) => title))('finds no error in the stack %s, and no warning without a reason', (title) => {
    const matches = found.get(title) as Match[];
    expect(errors(matches)).toEqual([]);
    const unknown = matches.filter(({ Rule }) => !(Rule.Id in KNOWN));
    expect(unknown.map(({ Rule, Message, Location }) => [Rule.Id, Message, Location.Path])).toEqual([]);
  });

  it('can find one', () => {
    expect(errors(found.get(BROKEN) as Match[])).toHaveLength(1);
  });
});
