import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Report, type Run, results, type Skip } from '../../.ci/results.ts';
import skips from '../../.ci/skips.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const LISTED: Skip[] = [{ file: 'test/a.test.ts', test: 'a tool', reason: 'There is none.' }];

function run(tests: Record<string, string>, status = 0, whole = 'passed'): Run {
  const assertionResults = Object.entries(tests).map(([fullName, one]) => ({ fullName, status: one }));
  const report: Report = { testResults: [{ name: join(ROOT, 'test/a.test.ts'), status: whole, assertionResults }] };
  return { command: 'npm test', status, report };
}

describe('the results of CI', () => {
  it('count both commands together, and are green where all skips are listed', () => {
    const runs = [run({ one: 'passed', 'a tool does': 'skipped' }), run({ two: 'passed', three: 'passed' })];
    expect(results(runs, LISTED, ROOT)).toEqual({ line: '3 passed, 0 failed, 1 skipped', wrong: [], red: false });
  });

  it.each(['skipped', 'pending', 'todo'])('are red for a test that is %s and not listed', (status) => {
    const { line, wrong, red } = results([run({ one: 'passed', browser: status })], LISTED, ROOT);
    expect([line, red]).toEqual(['1 passed, 0 failed, 1 skipped', true]);
    expect(wrong).toEqual(['Skipped, and not listed in .ci/skips.json: test/a.test.ts: browser']);
  });

  it.each([
    ['a test that fails', run({ one: 'passed', two: 'failed' }, 1, 'failed'), '1 passed, 1 failed, 0 skipped'],
    ['a file that does not load', run({}, 1, 'failed'), '0 passed, 1 failed, 0 skipped'],
    ['lint before any test', { command: 'npm test', status: 2 }, '0 passed, 1 failed, 0 skipped'],
    ['an error outside every test', run({ one: 'passed' }, 1), '1 passed, 1 failed, 0 skipped'],
    ['a floor of coverage', { command: 'npm run coverage', status: 1 }, '0 passed, 1 failed, 0 skipped'],
  ] as const)('are red for %s', (_, one, line) => {
    expect(results([one], LISTED, ROOT)).toMatchObject({ line, red: true });
  });

  it('end red where a command wrote no report', () => {
    const words = ['--import', 'tsx', '.ci/results.ts', 'npm test=0=no-such-file.json'];
    const { status, stdout } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
    expect(stdout).toBe('npm test ended with 1, and no test of it failed\n0 passed, 1 failed, 0 skipped\n');
    expect(status).toBe(1);
  });

  it('let no test be skipped without a reason, or in a file that is gone', () => {
    for (const { file, reason } of skips) {
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      expect(reason).toMatch(/\w.*\.$/);
    }
  });
});
