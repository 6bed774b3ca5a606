import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('freezeframe import', () => {
  it.each([
    [['--preprocess', 'magic']],
    [['--crop', '2']],
    [['--size', '0']],
    [['--feature-names', 'a,,b']],
    [['--task', 'poetry']],
  ])('%s is a wrong use', async (words) => {
    const { code, stdout } = await run(['import', 'any.keras', '--name', 'x', ...words, '--json']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'used-wrongly']);
  });

  it('refuses a name before it reads', async () => {
    const { code, stdout } = await run(['import', 'absent.keras', '--name', 'No Name', '--json']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'name-not-valid']);
  });
});
