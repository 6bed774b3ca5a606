import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../scripts/store/index.ts';
import { colourModel } from '../../functions/models.ts';
import { sampleContent, sampleDraft } from '../store/sample.ts';
import { useStore } from './models-store.ts';
import { run } from './run.ts';

const scratch = useStore();

/** A name of three versions for each test, so that none leans on another. */
let name = '';
let count = 0;
beforeEach(async () => {
  name = `sample-${++count}`;
  for (const seed of ['a', 'b', 'c']) await openStore().save(name, sampleContent(seed));
});

/** Runs a command that must succeed, and answers the object that it prints. */
async function json(...words: string[]) {
  const { code, stdout } = await run([...words, '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('freezeframe models tag --expect, history and rollback', () => {
  it('move a tag, say who did, and move it back', async () => {
    expect(await json('models', 'tag', `${name}@2`, 'production', '--expect', '1')).toMatchObject({ version: '2' });
    const late = await run(['models', 'tag', `${name}@3`, 'production', '--expect', '1', '--json']);
    expect(late.code).toBe(1);
    expect(JSON.parse(late.stdout).error).toMatchObject({ code: 'tag-moved', details: { found: '2', expected: '1' } });
    await json('models', 'tag', `${name}@3`, 'staging', '--expect', 'none');
    const { history } = await json('models', 'history', name);
    expect(history).toMatchObject([
      { tag: 'production', from: '1', to: '2' },
      { tag: 'staging', from: null, to: '3' },
    ]);
    expect(await json('models', 'rollback', name)).toEqual({ name, tag: 'production', from: '2', version: '1' });
    const { stdout } = await run(['models', 'history', name]);
    expect(stdout).toMatch(/^WHEN +WHO +TAG +FROM +TO/);
    expect(stdout).toMatch(/ production +2 +1 +rollback\n$/);
    const none = await run(['models', 'rollback', name]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('models tag')]);
  });

  it('history says so where nothing was moved', async () => {
    const { stdout } = await run(['models', 'history', name]);
    expect(stdout).toMatch(/production is its first version/);
  });
});

describe('freezeframe models push and pull', () => {
  it('copy a version to another store and back, once', async () => {
    const shared = join(scratch.folder, `shared-${name}`);
    const pushed = await json('models', 'push', `${name}@2`, '--store', shared, '--tag', 'staging');
    expect(pushed).toMatchObject({ name, from: { version: '2' }, to: { store: shared, version: '1' } });
    expect(pushed.tags).toEqual(['latest', 'production', 'staging']);
    expect((await json('models', 'push', `${name}@2`, '--store', shared)).to.version).toBe('1');
    const local = join(scratch.folder, `local-${name}`);
    const pulled = await json('models', 'pull', `${name}@staging`, '--store', shared, '--local', local);
    expect(pulled.digest).toBe((await openStore().find(`${name}@2`)).digest);
    expect((await openStore(local).list()).models).toHaveLength(1);
    const { stdout } = await run(['models', 'pull', name, '--store', shared, '--local', local]);
    expect(stdout).toContain(`is ${name}@1 of ${local}`);
  });

  it('refuse a damaged version, one store for both, and a place that is none', async () => {
    const { folder } = await openStore().resolve(`${name}@1`);
    await writeFile(join(folder, 'model.onnx'), Buffer.alloc(64));
    const damaged = await run(['models', 'push', `${name}@1`, '--store', join(scratch.folder, 'other')]);
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('damaged')]);
    const same = await run(['models', 'push', name, '--store', openStore().location, '--local', openStore().location]);
    expect([same.code, same.stderr]).toEqual([2, expect.stringContaining('--store s3://bucket/prefix')]);
    const wrong = await run(['models', 'push', name, '--store', 'https://bucket']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('s3://bucket/prefix')]);
  });
});

describe('--store', () => {
  it('names the store of one command line', async () => {
    const other = join(scratch.folder, `other-${name}`);
    await openStore(other).save('elsewhere', sampleContent(1));
    const listed = await json('models', 'list', '--store', other);
    expect(listed.models.map((model: { name: string }) => model.name)).toEqual(['elsewhere']);
    expect((await json('models', 'list', name)).models).toHaveLength(3);
  });
});

describe('freezeframe models prune', () => {
  it('says what it would remove, then removes it', async () => {
    for (const seed of ['d', 'e']) await openStore().save(name, sampleContent(seed));
    const words = ['models', 'prune', name, '--keep', '2'];
    const planned = await run([...words, '--dry-run']);
    expect(planned.stdout).toBe(`${name}@2, ${name}@3 would be removed; 3 versions stay\n`);
    expect((await json(...words)).removed).toEqual([
      { name, version: '2' },
      { name, version: '3' },
    ]);
    expect((await run(words)).stdout).toBe('Nothing removed; 3 versions stay\n');
    await openStore().save('alone', sampleContent('f'));
    expect((await run(['models', 'prune', 'alone'])).stdout).toBe('Nothing removed; 1 version stays\n');
  });
});

describe('freezeframe models diff', () => {
  it('compares labels, sizes and metrics', async () => {
    const output = { ...sampleDraft().output, labels: ['gnome', 'dwarf'] } as never;
    const manifest = sampleDraft({ output, metrics: { accuracy: 0.75, after: { loss: 1 } } });
    await openStore().save(name, { manifest, model: new Uint8Array(100) });
    const diff = await json('models', 'diff', `${name}@1`, '@4');
    expect(diff).toMatchObject({
      identical: false,
      inputs: true,
      labels: { same: false, order: false, onlyA: ['not'], onlyB: ['dwarf'] },
      a: { version: '1', bytes: 64 },
      b: { version: '4', bytes: 100 },
    });
    expect(diff.metrics).toEqual([
      { name: 'accuracy', a: 0.5, b: 0.75 },
      { name: 'after.loss', a: null, b: 1 },
    ]);
    const { stdout } = await run(['models', 'diff', `${name}@1`, `${name}@4`]);
    expect(stdout).toMatch(/^size +64 B +100 B$/m);
    expect(stdout).toMatch(/^accuracy +0.5 +0.75$/m);
    expect(stdout).toContain(`Only ${name}@4 has dwarf`);
    expect((await run(['models', 'diff', name, `${name}@1`])).stdout).toContain('the same content');
  });

  it('shows no metric that reads the same: trained again, the last bits differ', async () => {
    for (const loss of [0.0323512, 0.0323514]) {
      const manifest = sampleDraft({ metrics: { after: { loss } } });
      await openStore().save('bits', { manifest, model: new Uint8Array(100) });
    }
    expect((await json('models', 'diff', 'bits@1', '@2')).metrics[0].name).toBe('after.loss');
    expect((await run(['models', 'diff', 'bits@1', '@2'])).stdout).not.toContain('after.loss');
  });

  it('says on which pictures two models differ', async () => {
    const { model, draft } = colourModel();
    const { name: _, ...rest } = draft;
    const labels = ['red', 'blue', 'green'];
    const swapped = { ...rest, output: { ...rest.output, labels } } as typeof rest;
    const manifest = {
      ...swapped,
      formatVersion: 1 as const,
      precision: 'float32' as const,
      metrics: {},
      provenance: {},
    };
    const { version } = await openStore().save('colours', { manifest, model });
    for (const [file, colour] of [
      ['a.png', 'red'],
      ['b.png', 'lime'],
      ['in/c.png', 'blue'],
    ] as const) {
      await scratch.picture(join('diff', file), colour);
    }
    await scratch.write('diff/broken.png', 'no picture');
    const folder = join(scratch.folder, 'diff');
    const page = join(scratch.folder, 'diff.html');
    const words = ['diff', 'colours@1', `@${version}`, '--on', folder, '--report', page];
    const { answers, labels: compared, report } = await json('models', ...words);
    expect(report).toBe(page);
    const text = await readFile(page, 'utf8');
    expect(text).toContain('33.3 %');
    expect(text.match(/<figure/g)).toHaveLength(2);
    expect(text).toContain('broken.png');
    expect(compared).toMatchObject({ same: false, order: true });
    expect(answers).toMatchObject({
      pictures: 4,
      agree: 1,
      share: 1 / 3,
      unreadable: [{ file: join(folder, 'broken.png') }],
    });
    const differ = answers.differ.map((one: { file: string; a: { label: string }; b: { label: string } }) => [
      one.file.slice(folder.length + 1),
      one.a.label,
      one.b.label,
    ]);
    expect(differ.sort()).toEqual([
      ['b.png', 'green', 'blue'],
      [join('in', 'c.png'), 'blue', 'green'],
    ]);
    const { stdout } = await run(['models', 'diff', 'colours@1', `@${version}`, '--on', folder]);
    expect(stdout).toMatch(/They agree on 1 of 3 pictures/);
    expect(stdout).toMatch(/b\.png +green .* blue/);
    expect(stdout).toContain('broken.png could not be read');
  });

  it('refuses models of numbers and folders without pictures', async () => {
    const numbers = await run(['models', 'diff', 'prices', 'colours', '--on', scratch.folder]);
    expect([numbers.code, numbers.stderr]).toEqual([
      1,
      expect.stringContaining('Expected two classifiers of pictures'),
    ]);
    const empty = join(scratch.folder, 'empty');
    await mkdir(empty, { recursive: true });
    const none = await run(['models', 'diff', 'colours', 'telling', '--on', empty]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('no pictures in the folder')]);
  });
});
