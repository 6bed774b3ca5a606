import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useStore } from './models-store.ts';
import { run } from './run.ts';

const scratch = useStore();
const TABLE = ['size,rooms,price ($)', ...Array.from({ length: 120 }, (_, i) => `${i},${i % 5},${1000 * i}`)].join(
  '\n',
);

describe('freezeframe train', () => {
  it('refuses a name that the store would not take before it looks at the data', async () => {
    const { code, stdout } = await run(['train', join(scratch.folder, 'absent.csv'), '--name', 'Prices', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'name-not-valid', remedy: 'Call it prices, for example.' },
    });
  });

  it.each([
    [['no-such-folder', '--name', 'x'], 1, /Expected one of/],
    [[], 2, /missing required argument|required option/],
    [['rooms.csv', '--name', 'x', '--epochs', '0'], 2, /above 0/],
    [['rooms.csv', '--name', 'x', '--architecture', 'resnet'], 2, /large-cnn, small-cnn, mlp/],
  ])('%j ends with %i', async (words, wanted, message) => {
    const { code, stderr } = await run(['train', ...words]);
    expect(code).toBe(wanted);
    expect(stderr).toMatch(message);
  });

  it('says that an architecture is not for such data', async () => {
    const table = await scratch.write('rooms.csv', TABLE);
    const { code, stdout } = await run(['train', table, '--name', 'x', '--architecture', 'small-cnn', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error.message).toMatch(/an architecture for tables/);
  });
});
