import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltApi, startBuiltApi } from './built-api.ts';

/** The `schemathesis` command of https://pypi.org/project/schemathesis, version 4. */
const SCHEMATHESIS = process.env.SCHEMATHESIS;
if (!SCHEMATHESIS) console.warn('skipped: schemathesis (set SCHEMATHESIS to its command)');

const PROJECT = join(import.meta.dirname, '..', '..');
/** Requests for each operation and phase; the checks are all of them. 1,800 requests, 20 s on two idle cores. */
const EXAMPLES = '20';
const PATIENCE = 240_000;

describe.skipIf(!SCHEMATHESIS)('the built API under schemathesis', () => {
  let api: BuiltApi;

  beforeAll(async () => {
    api = await startBuiltApi();
  }, 60_000);
  afterAll(() => api?.close());

  it(
    'does what its OpenAPI document says, and nothing else',
    async () => {
      const words = ['run', `${api.url}/openapi.json`, '--max-examples', EXAMPLES, '--seed', '1', '--no-color'];
      const run = promisify(execFile)(SCHEMATHESIS as string, words, { cwd: PROJECT, maxBuffer: 64 * 1024 * 1024 });
      const { stdout, code } = await run.then(
        (done) => ({ ...done, code: 0 }),
        (failed: { stdout: string; code: number }) => failed,
      );
      console.log(stdout.slice(stdout.indexOf('SUMMARY')));
      expect(stdout, stdout).toMatch(/\d{3,} generated/);
      expect(code, stdout).toBe(0);
    },
    PATIENCE,
  );
});
