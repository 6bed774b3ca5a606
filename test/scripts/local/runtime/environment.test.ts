import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Environment } from '../../../../scripts/local/runtime/environment.ts';
import { makeFakeBuild } from '../fake-build.ts';

describe('Environment', () => {
  let work: string;
  let environment: Environment;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-environment-'));
    const build = await makeFakeBuild(work);
    const folders = {
      folder: join(build, 'functions', 'http'),
      layerModules: join(build, 'layers', 'inference', 'nodejs', 'node_modules'),
      modelsDir: join(build, 'layers', 'model', 'models'),
    };
    environment = await Environment.start({ name: 'http', ...folders, environment: {}, memory: 640 }, () => {});
    await environment.ready;
  });
  afterAll(async () => {
    await environment.end();
    await rm(work, { recursive: true, force: true });
  });

  async function invoke(path: string) {
    const outcome = await environment.invoke({
      requestId: crypto.randomUUID(),
      payload: JSON.stringify({ rawPath: path }),
      deadline: Date.now() + 10_000,
      functionArn: 'arn',
      traceId: 'trace',
    });
    await environment.idle();
    return outcome;
  }

  it('ends what asks for no event within the time that it is given', async () => {
    const asleep = {
      command: process.execPath,
      arguments: ['-e', 'setInterval(() => {}, 1e6)'],
      folder: work,
      environment: () => ({}),
    };
    const late = await Environment.run(asleep, () => {}, 50);
    await expect(late.ready).rejects.toThrow('not started within 50 ms');
    expect(await late.ended).toMatchObject({ reason: 'init-failed' });
  });

  it('gives the runtime the heap that Lambda gives it', async () => {
    const outcome = await invoke('/heap');
    expect(outcome).toMatchObject({ kind: 'response' });
    const { limit } = JSON.parse(String('body' in outcome && outcome.body));
    // 9/10 of 640 MB for what lasts, and three times 32 MB for what is young.
    expect(limit / 2 ** 20).toBeCloseTo(576 + 3 * 32, -1);
  });

  it('keeps no answer that it has given', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const answers: WeakRef<object>[] = [];
    for (let i = 0; i < 20; i++) answers.push(new WeakRef(await invoke('/echo')));
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
    // The last one or two may still be in a register or a frame.
    expect(answers.filter((answer) => answer.deref()).length).toBeLessThan(4);
  });

  it('waits neither for an answer nor for the next question of a process that has ended', async () => {
    expect(await invoke('/exit')).toMatchObject({ kind: 'ended', ending: { reason: 'exited' } });
    await environment.idle();
    expect((await environment.ended).message).toContain('exit code 3');
  });
});
