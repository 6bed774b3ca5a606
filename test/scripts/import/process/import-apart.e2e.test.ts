import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../../../scripts/import/import-model.ts';
import { importApart } from '../../../../scripts/import/process/import-apart.ts';
import { openStore } from '../../../../scripts/store/index.ts';
import { endlessLoop, hungryGraph } from '../../onnx/hostile-models.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../../fixtures/keras/${name}`, import.meta.url));
const MODEL = fixture('sequential-in-functional.k3.keras');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-apart-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const store = () => openStore(join(folder, 'store'));
const put = async (name: string, content: Uint8Array) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
/** Processes that this one has started and that have not ended. */
const left = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap');

/** Linux alone tells a process's children. */
async function childrenOfThis(): Promise<number[]> {
  const tasks = await readdir('/proc/self/task');
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8')));
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

describe('importApart', () => {
  it('answers as importModel does, tells each step, and leaves no process', async () => {
    const steps: string[] = [];
    const options = { path: MODEL, name: 'apart', store: store() };
    const apart = await importApart({ ...options, onStep: (step) => steps.push(step) });
    const here = await importModel(options);
    const { seconds: _, stored, ...rest } = apart;
    expect(here).toMatchObject({ ...rest, stored: { digest: stored.digest, version: stored.version } });
    expect(steps).toEqual(['Reading', 'Freezing and verifying', 'Saving']);
    expect(left()).toEqual([]);
  });

  it('keeps the code, the details and the remedy of a refusal', async () => {
    const error = await importApart({ path: fixture('refuse-lambda.k3.keras'), name: 'no', store: store() }).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ code: 'custom-object', remedy: expect.any(String) });
    expect(error.details).not.toEqual({});
  });

  it('tells a refusal in the words of importModel', async () => {
    const options = { path: fixture('refuse-lambda.k3.keras'), name: 'no', store: store() };
    const [there, here] = await Promise.all(
      [importApart(options), importModel(options)].map((one) => one.catch((e) => e)),
    );
    expect(there).toMatchObject({ code: here.code, message: here.message, remedy: here.remedy, details: here.details });
  });

  it('carries over an error that is no refusal', async () => {
    const options = { path: MODEL, name: 'no', store: store(), table: null as never };
    const [there, here] = await Promise.all(
      [importApart(options), importModel(options)].map((one) => one.catch((e) => e)),
    );
    expect(here).toBeInstanceOf(TypeError);
    expect(there).toMatchObject({ message: here.message, stack: expect.stringContaining('read-model.ts') });
  });

  it.each([
    ['time', { seconds: 0.3 }, '0 s of processor time'],
    ['memory', { bytes: 1e6 }, '1 MB of memory'],
    ['objects', { heapMb: 16 }, '16 MB of objects'],
  ])('ends a process that takes too much: %s', async (_, limits, limit) => {
    const trial = importApart({ path: MODEL, name: 'limited', store: store() }, limits);
    await expect(trial).rejects.toMatchObject({ code: 'limit-exceeded', details: { limit } });
  });

  it('ends a graph that never ends', async () => {
    const path = await put('endless.onnx', endlessLoop());
    const before = await readdir(folder, { recursive: true });
    const start = performance.now();
    await expect(importApart({ path, name: 'endless', store: store() }, { seconds: 6 })).rejects.toMatchObject({
      code: 'limit-exceeded',
      details: { limit: '6 s of processor time' },
    });
    expect(performance.now() - start).toBeLessThan(60_000);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
    expect(left()).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('counts no time in which the machine does something else', async () => {
    const before = new Set(await childrenOfThis());
    const trial = importApart({ path: MODEL, name: 'stopped', store: store() }, { seconds: 6 });
    let child: number | undefined;
    while (child === undefined) {
      await setTimeout(20);
      child = (await childrenOfThis()).find((pid) => !before.has(pid));
    }
    process.kill(child, 'SIGSTOP');
    await setTimeout(7_000);
    process.kill(child, 'SIGCONT');
    expect((await trial).stored.name).toBe('stopped');
  });

  it('ends what takes more memory than it may', async () => {
    const path = await put('hungry.onnx', hungryGraph());
    await expect(importApart({ path, name: 'hungry', store: store() }, { bytes: 700e6 })).rejects.toMatchObject({
      code: 'limit-exceeded',
      details: { limit: '700 MB of memory' },
    });
  });
});
