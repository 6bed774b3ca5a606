import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../scripts/store/index.ts';
import { sizeModel } from '../../functions/models.ts';
import { useStore } from './models-store.ts';
import { run, spawnCommand } from './run.ts';

const scratch = useStore();

const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('freezeframe predict', () => {
  it('--json prints one result per line, in the order of the files', async () => {
    const files = [await scratch.picture('b.png', 'blue'), await scratch.picture('a.png', 'red')];
    const { code, stdout, stderr } = await run(['predict', 'colours', ...files, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const results = lines(stdout);
    expect(results).toHaveLength(2);
    expect(results.map(({ predictions }) => predictions[0].label)).toEqual(['blue', 'red']);
    expect(Object.keys(results[0])).toEqual(['file', 'model', 'predictions']);
    expect(results.map(({ file }) => file)).toEqual(files);
    expect(results[0].model).toEqual({ name: 'colours', version: '1' });
    expect(results[0].predictions).toHaveLength(3);
    const sum = results[0].predictions.reduce(
      (total: number, one: { probability: number }) => total + one.probability,
      0,
    );
    expect(sum).toBeCloseTo(1, 5);
  });

  it('prints bars for people, as many as --top-k says', async () => {
    const file = await scratch.picture('c.png', 'lime');
    const { stdout } = await run(['predict', 'colours@latest', file, '--top-k', '1']);
    expect(stdout).toMatch(/c\.png\n +\d+\.\d % {2}█+ +green\n$/);
  });

  it('says what is none of the labels', async () => {
    const files = [await scratch.picture('grey.png', 'grey'), await scratch.picture('r.png', 'red')];
    const { stdout } = await run(['predict', 'telling', ...files, '--top-k', '1']);
    expect(stdout).toMatch(
      /^\S+grey\.png\n {2}none of these; the nearest of them:\n.*\n\S+r\.png\n +\d+\.\d % {2}█+ +red\n$/,
    );
    const json = await run(['predict', 'telling', ...files, '--json']);
    expect(lines(json.stdout).map(({ known }) => known)).toEqual([false, true]);
    const inputs = [{ name: 'pixels', shape: [2, 8, 8, 3], datatype: 'UINT8', data: new Array(384).fill(9) }];
    const request = await scratch.write('grey.json', JSON.stringify({ inputs, outputs: [{ name: 'colours' }] }));
    const answered = await run(['predict', 'telling', '--request', request]);
    expect(answered.stdout).toContain('telling@1\n  none of these: rows 0 and 1\n  colours FP32 [2, 3]: ');
  });

  it('draws which parts of a picture speak for a label', async () => {
    const picture = await scratch.picture('why.png', 'red');
    const out = join(scratch.folder, 'out', 'red.png');
    const { code, stdout } = await run(['predict', 'telling', picture, '--top-k', '1', '--explain', out]);
    expect([code, stdout.split('\n')[2]]).toEqual([0, `  ${out} shows which parts speak for red`]);
    expect(await sharp(out).metadata()).toMatchObject({ format: 'png', width: 224, height: 224 });
    const json = await run(['predict', 'telling', picture, '--explain', out, '--label', 'blue', '--json']);
    const map = { label: 'blue', values: [[0, 0], [0, 0]], scale: { low: 0, high: 0 } }; // biome-ignore format: rows
    expect(lines(json.stdout)).toEqual([expect.objectContaining({ heatmap: map, overlay: out })]);
  });

  it('does not draw over the picture, nor what cannot be drawn', async () => {
    const picture = await scratch.picture('keep.png', 'red');
    const before = await readFile(picture);
    const out = join(scratch.folder, 'none.png');
    const refused = async (...words: string[]) => JSON.parse((await run(['predict', ...words, '--json'])).stdout).error;
    const wrong = { code: 'used-wrongly', remedy: expect.any(String) };
    expect(await refused('telling', picture, '--explain', picture)).toMatchObject(wrong);
    expect(await refused('telling', picture, '--explain', 'out.jpg')).toMatchObject(wrong);
    expect(await refused('telling', picture, picture, '--explain', out)).toMatchObject(wrong);
    expect(await refused('telling', scratch.folder, '--explain', out)).toMatchObject(wrong);
    expect(await refused('telling', picture, '--label', 'red')).toMatchObject(wrong);
    expect(await refused('colours', picture, '--explain', out)).toMatchObject({
      code: 'heatmap-absent',
      remedy: 'These have one: telling@1.',
    });
    expect(await refused('telling', picture, '--explain', out, '--label', 'cat')).toMatchObject({
      code: 'label-absent',
    });
    expect(await refused('telling', picture, '--explain', join(picture, 'out.png'))).toMatchObject({
      code: 'output-not-writable',
    });
    expect(await readFile(picture)).toEqual(before);
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });

  it('answers the others where a picture cannot be read, in its place, and exits 1', async () => {
    const good = await scratch.picture('good.png', 'red');
    const bad = await scratch.write('bad.png', 'no picture');
    const absent = join(scratch.folder, 'absent.png');
    const empty = join(scratch.folder, 'empty');
    await mkdir(empty);
    const { code, stdout, stderr } = await run(['predict', 'colours', bad, good, absent, empty, '--json']);
    expect(code).toBe(1);
    const results = lines(stdout);
    expect(results).toHaveLength(4);
    expect(results[0]).toMatchObject({
      type: expect.stringContaining('/errors#picture-type-unsupported'),
      status: 415,
      instance: bad,
    });
    expect(results[1].predictions[0].label).toBe('red');
    expect(results[2]).toMatchObject({ status: 404, instance: absent });
    expect(results[3]).toMatchObject({ status: 404, file: empty, detail: expect.stringContaining('no pictures') });
    expect(stderr).toContain('3 of 4 pictures could not be answered');
  });

  it('answers the pictures of a folder, and of folders in it', async () => {
    const folder = join(scratch.folder, 'many');
    await mkdir(join(folder, 'z', 'deep'), { recursive: true });
    const files = [
      await scratch.picture('many/2.PNG', 'red'),
      await scratch.picture('many/z/1.png', 'lime'),
      await scratch.picture('many/z/deep/0.png', 'blue'),
    ];
    await scratch.write('many/notes.txt', 'no picture');
    await scratch.write('many/.hidden.png', 'no picture');
    const { code, stdout } = await run(['predict', 'colours', folder, '--json']);
    expect(code).toBe(0);
    expect(lines(stdout).map(({ file, predictions }) => [file, predictions[0].label])).toEqual([
      [files[0], 'red'],
      [files[1], 'green'],
      [files[2], 'blue'],
    ]);
  });

  it('answers JPEG by all its names, and passes over no picture of another format in silence', async () => {
    const folder = join(scratch.folder, 'phone');
    await mkdir(folder);
    const red = { width: 8, height: 8, channels: 3, background: 'red' } as const;
    await writeFile(join(folder, '1.jfif'), await sharp({ create: red }).jpeg().toBuffer());
    await scratch.write('phone/2.HEIC', '\0\0\0\u0018ftypheic\0\0\0\0mif1heic');
    await scratch.write('phone/notes.txt', 'no picture');
    const { code, stdout } = await run(['predict', 'colours', folder, '--json']);
    expect(code).toBe(1);
    expect(lines(stdout)).toMatchObject([
      { file: join(folder, '1.jfif'), predictions: [{ label: 'red' }, {}, {}] },
      { file: join(folder, '2.HEIC'), status: 415, detail: expect.stringContaining('HEIC') },
    ]);
  });

  it('reads a picture, or a request, from stdin as the real command', async () => {
    const picture = await readFile(await scratch.picture('e.png', 'blue'));
    const [seen, answered] = await Promise.all([
      spawnCommand(['predict', 'colours', '-', '--json'], { input: picture }),
      spawnCommand(['predict', 'prices', '--request', '-', '--json'], { input: Buffer.from(request([1, 0])) }),
    ]);
    expect([seen.code, seen.stderr, answered.code, answered.stderr]).toEqual([0, '', 0, '']);
    expect(JSON.parse(seen.stdout).predictions[0].label).toBe('blue');
    expect(JSON.parse(answered.stdout).outputs[0].data).toEqual([1000]);
  });

  const request = (data: number[]) =>
    JSON.stringify({ id: 'r1', inputs: [{ name: 'house', shape: [1, 2], datatype: 'FP32', data }] });

  it('--request answers as the Open Inference Protocol says', async () => {
    const file = await scratch.write('r.json', request([100, 3]));
    const { code, stdout } = await run(['predict', 'prices', '--request', file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      model_name: 'prices',
      model_version: '1',
      id: 'r1',
      outputs: [{ name: 'price', shape: [1, 1], datatype: 'FP32', data: [100_150] }],
      results: [
        {
          model: { name: 'prices', version: '1' },
          values: [{ name: 'price', value: 100_150, unit: 'dollars' }],
        },
      ],
    });
    expect((await run(['predict', 'prices', '--request', file])).stdout).toBe('prices@1\n  price: 100,150 dollars\n');
    const small = await scratch.write('small.json', request([0.0000012, 0]));
    expect((await run(['predict', 'prices', '--request', small])).stdout).toBe('prices@1\n  price: 0.0012 dollars\n');
  });

  it('--request names the labels of a model of numbers', async () => {
    const { model, draft } = sizeModel('size', null);
    const { name, ...manifest } = draft;
    const about = { formatVersion: 1, precision: 'float32', metrics: {}, provenance: {} } as const;
    await openStore().save(name, { manifest: { ...manifest, ...about }, model });
    const inputs = [{ name: 'numbers', shape: [2, 2], datatype: 'FP32', data: [1, 2, 30, 40] }];
    const file = await scratch.write('s.json', JSON.stringify({ inputs }));
    const { results } = JSON.parse((await run(['predict', 'size', '--request', file, '--json'])).stdout);
    const first = (result: { predictions: { label: string }[] }) => result.predictions[0]?.label;
    expect(results.map(first)).toEqual(['small', 'large']);
    const { stdout } = await run(['predict', 'size', '--request', file, '--top-k', '1']);
    expect(stdout).toMatch(/^size@1\n {2}row 0\n +99\.9 % {2}█+ +small\n {2}row 1\n +100\.0 % {2}█+ +large\n$/);
  });

  it('--request works for a picture model too: uint8 [batch, height, width, channels]', async () => {
    const data = Array.from({ length: 8 * 8 * 3 }, (_, i) => (i % 3 === 1 ? 200 : 0));
    const inputs = [{ name: 'pixels', shape: [1, 8, 8, 3], datatype: 'UINT8', data }];
    const file = await scratch.write('p.json', JSON.stringify({ inputs }));
    const { stdout } = await run(['predict', 'colours', '--request', file, '--json']);
    const [{ shape, data: answer }] = JSON.parse(stdout).outputs;
    expect(shape).toEqual([1, 3]);
    expect(answer.indexOf(Math.max(...answer))).toBe(1);
  });

  it.each([
    ['a request that is not JSON', '{', 'json-invalid'],
    ['a request of the wrong shape', '{"inputs": []}', 'request-invalid'],
    ['too few values', request([1]), 'tensor-length'],
  ])('%s fails with its code', async (_, content, code) => {
    const file = await scratch.write('wrong.json', content);
    const outcome = await run(['predict', 'prices', '--request', file, '--json']);
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.stdout).error.code).toBe(code);
  });

  it('a picture for a model of tensors fails once, and says what to do', async () => {
    const file = await scratch.picture('d.png', 'red');
    const { code, stdout, stderr } = await run(['predict', 'prices', file, file, '--json']);
    expect(code).toBe(1);
    expect(lines(stdout)).toMatchObject([{ error: { code: 'picture-not-taken' } }]);
    expect(stderr).toContain('Open Inference Protocol');
  });

  it.each([
    ['no picture and no request', ['predict', 'colours']],
    ['both', ['predict', 'colours', 'a.png', '--request', 'r.json']],
    ['--top-k 0', ['predict', 'colours', 'a.png', '--top-k', '0']],
    ['--top-k x', ['predict', 'colours', 'a.png', '--top-k', 'x']],
    ['a bad reference', ['predict', 'colours@', 'a.png']],
    ['an unknown option', ['predict', 'colours', 'a.png', '--jsn']],
  ])('is used wrongly with %s', async (_, words) => {
    expect((await run(words)).code).toBe(2);
  });

  it('has help with examples', async () => {
    expect((await run(['predict', '--help'])).stdout).toContain('$ freezeframe predict gnomes');
  });
});
