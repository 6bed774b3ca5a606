import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pictureFolder } from '../datasets/picture-files.ts';
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
    [['rooms.csv', '--name', 'x', '--architecture', 'resnet'], 2, /large-cnn, quick-cnn, best-cnn, small-cnn, mlp/],
  ])('%j ends with %i', async (words, wanted, message) => {
    const { code, stderr } = await run(['train', ...words]);
    expect(code).toBe(wanted);
    expect(stderr).toMatch(message);
  });

  it('says what it left out and how it read numbers, before it trains and at the end', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},"${(i + 1) * 250 > 999 ? `1,${i}00`.slice(0, 5) : 250}"`);
    const rest = ['', ...Array.from({ length: 7 }, (_, i) => `${i},`)].join('\n');
    const table = await scratch.write('gaps.csv', `size,price\n${rows.join('\n')}${rest}`);
    const { code, stdout, stderr } = await run(['train', table, '--name', 'gaps', '--epochs', '1', '--json']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^price: "1,\d00" is read as 1\d00\nleft out: 7\n {2}line 62: price is missing\n/);
    expect(stderr).toMatch(/and 2 more \(freezeframe dataset .*gaps\.csv lists them\)\nTraining mlp/);
    const result = JSON.parse(stdout);
    expect(result.skipped.count).toBe(7);
    expect(result.skipped.first).toHaveLength(5);
    expect(result.skipped.first[0]).toEqual({ file: 'line 62', reason: 'price is missing' });
    expect(result.notes).toHaveLength(1);
  });

  it('says beside its JSON what it left out of photographs: npm start shows nothing else of it', async () => {
    const pets = join(scratch.folder, 'pets');
    await pictureFolder(pets, { cat: 4, dog: 4 });
    await scratch.write('pets/cat/phone.heic', 'no picture');
    const words = ['train', pets, '--name', 'pets', '--backbone', 'mobilenet-edgetpu', '--no-unknown', '--json'];
    const { code, stdout, stderr } = await run(words);
    expect([code, JSON.parse(stdout).skipped.count]).toEqual([0, 1]);
    expect(stderr).toMatch(/^left out: 1\n {2}cat\/phone\.heic: Expected JPEG/m);
  });

  it('refuses a table of which most is gone', async () => {
    const table = await scratch.write('gone.csv', `a,b\n${'1,\n'.repeat(30)}1,2\n2,3\n3,4\n`);
    const { code, stdout } = await run(['train', table, '--name', 'gone', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'dataset-unusable', details: { skipped: { count: 30 } } });
  });

  it('says that an architecture is not for such data', async () => {
    const table = await scratch.write('rooms.csv', TABLE);
    const { code, stdout } = await run(['train', table, '--name', 'x', '--architecture', 'small-cnn', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error.message).toMatch(/an architecture for tables/);
  });
});
