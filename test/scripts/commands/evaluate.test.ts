import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useStore } from './models-store.ts';
import { run } from './run.ts';

const scratch = useStore();
const data = () => join(scratch.folder, 'photos');

beforeAll(async () => {
  await scratch.picture('photos/red/1.png', 'red');
  await scratch.picture('photos/red/2.png', 'red');
  await scratch.picture('photos/red/wrong.png', 'blue');
  await scratch.picture('photos/blue/deep/1.png', 'blue');
  await scratch.write('photos/blue/notes.txt', 'no picture');
  await scratch.write('photos/blue/.hidden', 'not looked at');
});

describe('freezeframe evaluate', () => {
  it('--json has the scores, the confusion matrix, the unreadable files and the speed', async () => {
    const { code, stdout } = await run(['evaluate', 'colours', data(), '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      model: { name: 'colours', version: '1' },
      count: 4,
      accuracy: 0.75,
      confusion: [
        [2, 0, 1],
        [0, 0, 0],
        [0, 0, 1],
      ],
    });
    expect(result.classes[0]).toMatchObject({ label: 'red', support: 3, precision: 1, recall: 2 / 3 });
    expect(result.classes[1]).toMatchObject({ label: 'green', support: 0, recall: null });
    expect(result.classes[2]).toMatchObject({ label: 'blue', support: 1, precision: 0.5, recall: 1 });
    expect(result.unreadable).toEqual([{ file: join(data(), 'blue', 'notes.txt'), reason: expect.any(String) }]);
    expect(result.picturesPerSecond).toBeGreaterThan(0);
  });

  it('prints tables for people', async () => {
    const { stdout } = await run(['evaluate', 'colours', data()]);
    expect(stdout).toContain('colours@1: accuracy 75.0 %');
    expect(stdout).toMatch(/^red +3 +100\.0 % +66\.7 % +80\.0 %$/m);
    expect(stdout).toMatch(/^IS \\ CALLED +red +green +blue$/m);
    expect(stdout).toMatch(/^1 files could not be read/m);
  });

  it('takes a CSV of files and labels', async () => {
    const csv = await scratch.write('labels.csv', 'file,label\nphotos/red/1.png,red\nphotos/none.png,blue\n');
    const { code, stdout } = await run(['evaluate', 'colours', csv, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      count: 1,
      accuracy: 1,
      unreadable: [{ reason: 'cannot be opened (ENOENT)' }],
    });
  });

  it('fails on labels that the model lacks, before any work', async () => {
    const csv = await scratch.write('unknown.csv', 'file,label\nphotos/red/1.png,rde\n');
    const { code, stderr } = await run(['evaluate', 'colours', csv]);
    expect(code).toBe(1);
    expect(stderr).toContain('no label rde\n  Did you mean red? Its labels are: red, green, blue');
  });

  it('fails on a model of tensors, and where there is nothing to evaluate', async () => {
    expect((await run(['evaluate', 'prices', data()])).stderr).toContain('does not classify pictures');
    const absent = await run(['evaluate', 'colours', join(scratch.folder, 'nowhere'), '--json']);
    expect([absent.code, JSON.parse(absent.stdout).error.code]).toEqual([1, 'examples-not-found']);
  });
});
