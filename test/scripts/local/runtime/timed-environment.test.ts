import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtFunction, nodeProgram, TimedEnvironment } from '../../../../scripts/local/index.ts';
import { makeFakeBuild } from '../fake-build.ts';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'freezeframe-timed-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

const programOf = async (text?: string) => nodeProgram(builtFunction(await makeFakeBuild(work, text), 'http', {}));
const event = (rawPath: string, body = '', rawQueryString = '') => JSON.stringify({ rawPath, body, rawQueryString });

it('measures a start and answers, and tells failures apart from answers', async () => {
  const environment = await TimedEnvironment.start(await programOf());
  try {
    expect(environment.readyMs).toBeGreaterThan(5);
    expect(environment.age).toBeGreaterThanOrEqual(environment.readyMs);
    const echo = await environment.ask(event('/echo', 'hello'));
    expect(echo).toMatchObject({ statusCode: 200, body: 'hello' });
    expect((await environment.ask(event('/sleep', '', '80'))).ms).toBeGreaterThan(79);
    expect(await environment.ask(event('/undefined'))).toMatchObject({ statusCode: undefined, body: '' });
    const ended = await environment.ask(event('/exit'));
    expect(ended.statusCode).toBeUndefined();
    expect(ended.body).toContain('exit code 3');
  } finally {
    await environment.end();
  }
});

it('says the last words of what does not start', async () => {
  const program = await programOf('for (let i = 1; i < 9; i++) console.log("line " + i); process.exit(1);');
  await expect(TimedEnvironment.start(program)).rejects.toThrow(/exit code 1\nline 4\nline 5\nline 6\nline 7\nline 8$/);
});
