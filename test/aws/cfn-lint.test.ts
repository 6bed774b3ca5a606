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
  Level: 'Error' | 'Warning' | 'Informational';
  Message: string;
  Rule: { Id: string };
  Location: { Path: unknown[] };
}

describe.skipIf(!CFN_LINT)('cfn-lint', () => {
  let folder: string;
  /** Packaged with nothing set. */
  let plain: Template;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-lint-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** It ends with 2 for errors and 4 for warnings alone: what it found says more than that. */
  async function lint(template: unknown): Promise<Match[]> {
    const file = join(folder, 'template.json');
    await writeFile(file, JSON.stringify(template));
    const words = [file, '--format', 'json', '--regions', 'us-east-1', 'eu-central-1'];
    const run = promisify(execFile)(CFN_LINT as string, words, { maxBuffer: 1 << 26 });
    const { stdout } = await run.catch((error: Error & { stdout?: string }) => {
      if (error.stdout?.trim().startsWith('[')) return { stdout: error.stdout };
      throw error;
    });
    return JSON.parse(stdout || '[]') as Match[];
  }

  const errors = (found: readonly Match[]) =>
    found.filter(({ Level }) => Level === 'Error').map(({ Message }) => Message);

  it.each([
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
  ])('finds no error in the stack %s, and no warning without a reason', async (_, parameters, architecture) => {
    const { template } = await packageStack(parameters, { architecture });
    if (parameters.length === 0) plain = template;
    const found = await lint(template);
    expect(errors(found)).toEqual([]);
    const unknown = found.filter(({ Rule }) => !(Rule.Id in KNOWN));
    expect(unknown.map(({ Rule, Message, Location }) => [Rule.Id, Message, Location.Path])).toEqual([]);
  });

  it('can find one', async () => {
    const template = structuredClone(plain);
    (template.Resources.UploadsQueue as { Properties: Record<string, unknown> }).Properties.VisibilityTimeout = 'soon';
    expect(errors(await lint(template))).toHaveLength(1);
  });
});
