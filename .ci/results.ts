import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Tests that may be skipped in CI: of this file, with names that begin so. */
export interface Skip {
  readonly file: string;
  readonly test: string;
  readonly reason: string;
}

/** One command of tests: its report, if it wrote one, and its exit code. */
export interface Run {
  readonly command: string;
  readonly status: number;
  readonly report?: Report | undefined;
}

/** What went wrong, a sentence each, and the line that counts all runs together. */
export function results(runs: readonly Run[], skips: readonly Skip[], root: string) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const wrong: string[] = [];
  for (const { command, status, report } of runs) {
    const failedBefore = counts.failed;
    for (const { name, status: whole, assertionResults } of report?.testResults ?? []) {
      const file = relative(root, name).split(sep).join('/');
      const failed = assertionResults.filter((test) => test.status === 'failed').length;
      // A file that does not even load counts no test: it is one that failed.
      counts.failed += failed === 0 && whole === 'failed' ? 1 : failed;
      counts.passed += assertionResults.filter((test) => test.status === 'passed').length;
      for (const { fullName, status: one } of assertionResults) {
        if (one === 'passed' || one === 'failed') continue;
        counts.skipped++;
        if (skips.some((skip) => skip.file === file && fullName.startsWith(skip.test))) continue;
        wrong.push(`Skipped, and not listed in .ci/skips.json: ${file}: ${fullName}`);
      }
    }
    // Lint, types, or an error outside every test.
    if (status !== 0 && counts.failed === failedBefore) {
      counts.failed++;
      wrong.push(`${command} ended with ${status}, and no test of it failed`);
    }
  }
  const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  return { line, wrong, red: counts.failed > 0 || wrong.length > 0 };
}

/** A word of the command line: `<command>=<exit code>=<report>`. */
function readRun(word: string): Run {
  const [command = '', status = '', file = ''] = word.split('=');
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8') || 'null') : undefined;
  // Without a report nothing ran, whatever the exit code says.
  return { command, status: report ? Number(status) : Number(status) || 1, report: report ?? undefined };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const skips = JSON.parse(readFileSync(new URL('skips.json', import.meta.url), 'utf8')) as Skip[];
  const { line, wrong, red } = results(process.argv.slice(2).map(readRun), skips, process.cwd());
  for (const sentence of wrong) console.log(sentence);
  console.log(line);
  process.exitCode = red ? 1 : 0;
}
