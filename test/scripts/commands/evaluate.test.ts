import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentsDigest, learntOf } from '../../../scripts/datasets/index.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { colourModel, tellingModel } from '../../functions/models.ts';
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
    expect(result.wrong).toEqual([
      { file: join(data(), 'red', 'wrong.png'), label: 'red', called: 'blue', probability: expect.any(Number) },
    ]);
    expect(result.picturesPerSecond).toBeGreaterThan(0);
  });

  it('warns where the model was trained on these very pictures', async () => {
    const { model, draft } = colourModel();
    const { name: _, ...rest } = draft;
    const bytes = async (file: string) =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    const seen = [
      { split: 'train', label: 'red', digest: await bytes(await scratch.picture('seen/red/1.png', 'red')) },
      { split: 'train', label: 'blue', digest: await bytes(await scratch.picture('seen/blue/1.png', 'blue')) },
    ];
    const about = { formatVersion: 1, precision: 'float32', metrics: { data: { count: 2 } } } as const;
    const provenance = { dataset: { name: 'seen', digest: contentsDigest(seen) } };
    await openStore().save('seen', { manifest: { ...rest, ...about, provenance }, model });
    const warned = async (folder: string) => {
      const { warnings } = JSON.parse((await run(['evaluate', 'seen', folder, '--json'])).stdout);
      return warnings.some((warning: string) => warning.startsWith('The model was trained on these pictures'));
    };
    const folder = join(scratch.folder, 'seen');
    expect(await warned(folder)).toBe(true);
    await scratch.picture('seen/red/copy.png', 'red');
    expect(await warned(folder)).toBe(true);
    // Training left these out.
    await scratch.picture('seen/red/both.png', 'grey');
    await scratch.picture('seen/blue/both.png', 'grey');
    expect(await warned(folder)).toBe(true);
    await scratch.picture('seen/red/other.png', 'lime');
    expect(await warned(folder)).toBe(false);
  });

  it('says how many of the pictures the model was trained on, in text, in JSON and on the page', async () => {
    const { model, draft } = colourModel();
    const { name: _, ...rest } = draft;
    const files = [await scratch.picture('part/red/1.png', 'red'), await scratch.picture('part/blue/1.png', 'blue')];
    const digests = await Promise.all(
      files.map(async (file) =>
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      ),
    );
    const about = { formatVersion: 1, precision: 'float32', metrics: {} } as const;
    const provenance = { learnt: { ...learntOf([...digests, 'f'.repeat(64)]) } };
    await openStore().save('part', { manifest: { ...rest, ...about, provenance }, model });
    const folder = join(scratch.folder, 'part');
    const json = async () => JSON.parse((await run(['evaluate', 'part', folder, '--json'])).stdout);
    expect(await json()).toMatchObject({
      trainedOn: { count: 2, estimated: false },
      warnings: expect.arrayContaining([expect.stringContaining('The model was trained on these pictures')]),
    });
    await scratch.picture('part/red/new.png', 'lime');
    const said = 'The model was trained on 2 of these 3 pictures';
    const report = join(scratch.folder, 'part.html');
    expect((await run(['evaluate', 'part', folder, '--report', report])).stdout).toContain(`WARNING: ${said}`);
    expect(await readFile(report, 'utf8')).toContain(`<p class="warning">${said}`);
    for (const file of files) await rm(file);
    await scratch.picture('part/blue/new.png', 'grey');
    const { trainedOn, warnings } = await json();
    expect(trainedOn).toEqual({ count: 0, estimated: false });
    expect(warnings.join()).not.toContain('trained on');
  });

  it('counts what is answered with "none of these"', async () => {
    const { model, draft } = tellingModel();
    const { name: _, ...rest } = draft;
    const about = { formatVersion: 1, precision: 'float32', metrics: {}, provenance: {} } as const;
    await openStore().save('telling', { manifest: { ...rest, ...about }, model });
    await scratch.picture('odd/red/1.png', 'red');
    await scratch.picture('odd/red/2.png', 'grey');
    await scratch.picture('odd/blue/1.png', 'grey');
    const folder = join(scratch.folder, 'odd');
    expect(JSON.parse((await run(['evaluate', 'telling', folder, '--json'])).stdout)).toMatchObject({ noneOfThese: 2 });
    const { stdout } = await run(['evaluate', 'telling', folder]);
    expect(stdout).toContain('answered with "none of these": 2 of 3 pictures;');
    // A model that cannot tell has no such number.
    expect(JSON.parse((await run(['evaluate', 'colours', folder, '--json'])).stdout)).not.toHaveProperty('noneOfThese');
  });

  it('knows a label in another form of Unicode', async () => {
    const { model, draft } = colourModel();
    const { name: _, ...rest } = draft;
    const about = { formatVersion: 1, precision: 'float32', metrics: {}, provenance: {} } as const;
    const output = { ...rest.output, labels: ['r\u00f6d', 'green', 'bla\u030a'] } as typeof rest.output;
    await openStore().save('forms', { manifest: { ...rest, output, ...about }, model });
    await scratch.picture('forms/ro\u0308d/1.png', 'red');
    await scratch.picture('forms/r\u00f6d/2.png', 'red');
    await scratch.picture('forms/bl\u00e5/1.png', 'blue');
    const { stdout } = await run(['evaluate', 'forms', join(scratch.folder, 'forms'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ count: 3, accuracy: 1 });
  });

  it('prints tables for people', async () => {
    const { stdout } = await run(['evaluate', 'colours', data()]);
    expect(stdout).toContain('colours@1: accuracy 75.0 %');
    expect(stdout).toMatch(/^red +3 +100\.0 % +66\.7 % +80\.0 %$/m);
    expect(stdout).toMatch(/^IS \\ CALLED +red +green +blue$/m);
    expect(stdout).toMatch(/^1 wrong, the surest first:\n {2}\S+wrong\.png: is red, called blue \(9\d\.\d %\)$/m);
    expect(stdout).toMatch(/^1 file could not be read/m);
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

  it('measures a model of numbers on a table', async () => {
    const table = await scratch.write('houses.csv', 'rooms,area,price\n2,10,10000\n4,20,20000\n1,5,\n');
    const { code, stdout } = await run(['evaluate', 'prices', table]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^prices@1: price: mean error 150 dollars \(root mean squared 158\.1 dollars, 2 rows\)$/m);
    expect(stdout).toMatch(/^left out: 1\n {2}line 4: price is missing$/m);
    const json = JSON.parse((await run(['evaluate', 'prices', table, '--target', 'price', '--json'])).stdout);
    expect(json).toMatchObject({ meanAbsoluteError: 150, target: { name: 'price', unit: 'dollars' }, count: 2 });
  });

  it('says what it takes where the data is of another kind', async () => {
    const wrong = await run(['evaluate', 'prices', join(scratch.folder, 'nowhere.csv')]);
    expect(wrong.stderr).toContain('Expected a .csv or .tsv file for a model of numbers');
    expect((await run(['evaluate', 'colours', data(), '--target', 'x'])).code).toBe(2);
  });

  it('reads a CSV of labels in the encoding that is named', async () => {
    const csv = await scratch.write(
      'latin.csv',
      Buffer.from('file;label;gr\xf6\xdfe\nphotos/red/1.png;red;1\n', 'latin1'),
    );
    const refused = await run(['evaluate', 'colours', csv]);
    expect(refused.stderr).toMatch(/is not text in UTF-8\n.*--encoding windows-1252: file;label;größe/);
    const { stdout } = await run(['evaluate', 'colours', csv, '--encoding', 'windows-1252', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ count: 1, accuracy: 1 });
  });

  it('fails on a model of tensors, and where there is nothing to evaluate', async () => {
    expect((await run(['evaluate', 'prices', data()])).stderr).toContain('does not classify pictures');
    const absent = await run(['evaluate', 'colours', join(scratch.folder, 'nowhere'), '--json']);
    expect([absent.code, JSON.parse(absent.stdout).error.code]).toEqual([1, 'examples-not-found']);
  });

  it('--report writes a page that shows the pictures', async () => {
    const report = join(scratch.folder, 'pages', 'report.html');
    const { code, stdout } = await run(['evaluate', 'colours', data(), '--report', report]);
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, `Mistakes, charts, size and speed: ${report}`]);
    const page = await readFile(report, 'utf8');
    expect(page).toContain('3 of 4 pictures are right');
    expect(page).toContain('red called blue: 1 picture');
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).toContain('<bdi>red/wrong.png</bdi>');
    expect(page).toContain('<bdi>blue/notes.txt</bdi>');
    expect(page).toContain('They were not looked for here');
    expect(page).toMatch(/One answer, decoding included<\/th><td class="number">–<\/td><td class="number">[\d.]+ ms/);
  });

  it('--report writes a page where no picture could be answered', async () => {
    const csv = await scratch.write('gone.csv', 'file,label\nphotos/none.png,blue\n');
    const report = join(scratch.folder, 'none.html');
    expect((await run(['evaluate', 'colours', csv, '--report', report])).code).toBe(0);
    expect(await readFile(report, 'utf8')).toContain('No picture could be answered');
  });

  it('refuses a folder as a report, before any work', async () => {
    const { code, stderr } = await run(['evaluate', 'colours', data(), '--report', scratch.folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Expected a file for --report')]);
  });

  it('--report writes a page of a table, and names the largest errors', async () => {
    const table = await scratch.write('more.csv', 'rooms,area,price\n2,10,10000\n4,20,20000\n1,5,\n');
    const report = join(scratch.folder, 'table.html');
    const { code, stdout } = await run(['evaluate', 'prices', table, '--report', report]);
    expect(code).toBe(0);
    expect(stdout).toContain('The largest errors:\n  line 3: is 20,000 dollars, answered 20,200 dollars');
    const page = await readFile(report, 'utf8');
    expect(page).toContain('150 dollars');
    expect(page).toContain('<bdi>line 4</bdi>: <bdi>price is missing</bdi>');
    expect(page).toMatch(/One answer, the model alone<\/th><td class="number">–<\/td><td class="number">[\d.]+ ms/);
  });
});
