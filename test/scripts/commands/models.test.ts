import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../scripts/store/index.ts';
import { sampleContent } from '../store/sample.ts';
import { useStore } from './models-store.ts';
import { run } from './run.ts';

useStore();

/** A name of three versions for each test, so that none leans on another. */
let name = '';
let count = 0;
beforeEach(async () => {
  name = `sample-${++count}`;
  for (const seed of ['a', 'b', 'c']) await openStore().save(name, sampleContent(seed));
});

describe('freezeframe models', () => {
  it('list prints a table for people', async () => {
    const { code, stdout } = await run(['models', 'list']);
    expect(code).toBe(0);
    const [header, first] = stdout.split('\n');
    expect(header).toMatch(/^NAME +VERSION +TAGS +ANSWERS +MEASURED +SAVED +SIZE +DIGEST$/);
    expect(first).toMatch(/^colours +1 +latest, production +3 labels +\d{4}-\d\d-\d\d +[\d.]+ k?B +[0-9a-f]{12}$/);
    expect(stdout).toMatch(/^prices .* price /m);
  });

  it('list --json prints one line with every version', async () => {
    const { code, stdout } = await run(['models', 'list', name, '--json']);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const { models, damaged } = JSON.parse(stdout);
    expect(damaged).toEqual([]);
    expect(models.map(({ version }: { version: string }) => version)).toEqual(['1', '2', '3']);
    expect(models[0]).toEqual({
      name,
      version: '1',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      tags: ['production'],
      task: 'classification',
      bytes: 64,
      metrics: { accuracy: 0.5 },
      saved: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('list of a name that is not there fails with a suggestion', async () => {
    const { code, stderr, stdout } = await run(['models', 'list', 'colour', '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no model named colour\n {2}Did you mean colours\?/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'model-not-found', details: { near: ['colours'] } } });
  });

  it('list goes on over a damaged version and names it on stderr', async () => {
    const { folder } = await openStore().resolve(`${name}@2`);
    await writeFile(join(folder, 'manifest.json'), '{');
    const { code, stdout, stderr } = await run(['models', 'list', name, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).damaged).toEqual([{ name, version: '2', message: expect.stringContaining('damaged') }]);
    expect(stderr).toContain(`Version 2 of ${name} is damaged`);
    await openStore().remove(`${name}@2`);
  });

  it('show tells what a version takes and answers, and where it comes from', async () => {
    const { code, stdout } = await run(['models', 'show', 'colours', '--verify']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^model +colours@1$/m);
    expect(stdout).toMatch(/^takes +pictures, 8x8 rgb, resized by stretch \(linear\)$/m);
    expect(stdout).toMatch(/^answers +red, green, blue$/m);
    expect(stdout).toMatch(/^accuracy +0\.875$/m);
    expect(stdout).toMatch(/^dataset +squares$/m);
    expect(stdout).toMatch(/^verified /m);
    expect((await run(['models', 'show', 'prices'])).stdout).toMatch(/^takes +house FP32 \[\?,2\]$/m);
  });

  it('show --json has the manifest; --verify fails on a changed file', async () => {
    const shown = JSON.parse((await run(['models', 'show', `${name}@3`, '--json', '--verify'])).stdout);
    expect(shown).toMatchObject({ name, version: '3', tags: ['latest'], verified: true, manifest: { version: '3' } });
    await writeFile(join(shown.folder, 'model.onnx'), new Uint8Array(64));
    expect((await run(['models', 'show', `${name}@3`])).code).toBe(0);
    const { code, stderr } = await run(['models', 'show', `${name}@3`, '--verify']);
    expect(code).toBe(1);
    expect(stderr).toContain('model.onnx is not the file that was saved');
  });

  it('tag moves production', async () => {
    const { code, stdout } = await run(['models', 'tag', `${name}@latest`, 'production', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([0, { name, version: '3', tag: 'production' }]);
    expect((await openStore().resolve(name)).version).toBe('3');
    expect((await run(['models', 'tag', `${name}@1`, 'staging'])).stdout).toBe(`${name}@1 is staging now\n`);
  });

  it('tag refuses latest and a malformed reference as used wrongly', async () => {
    expect((await run(['models', 'tag', `${name}@1`, 'latest'])).code).toBe(2);
    expect((await run(['models', 'tag', `${name}@1@2`, 'staging'])).code).toBe(2);
    expect((await run(['models', 'tag', '../etc@1', 'staging'])).code).toBe(2);
    expect((await run(['models', 'tag', `${name}@9`, 'staging'])).code).toBe(1);
  });

  it('remove refuses production, removes others, and production by force', async () => {
    const refused = await run(['models', 'remove', name]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(new RegExp(`in production\\n {2}.*models tag ${name}@3 production`));
    expect((await run(['models', 'remove', `${name}@3`])).stdout).toBe(`${name}@3 is removed\n`);
    const forced = await run(['models', 'remove', name, '--force', '--json']);
    expect(JSON.parse(forced.stdout)).toEqual({ name, version: '1', removed: true });
    expect((await openStore().list()).models.filter((model) => model.name === name)).toMatchObject([{ version: '2' }]);
  });

  it.each([['models'], ['models', 'list'], ['models', 'show'], ['models', 'tag'], ['models', 'remove']])(
    'has help with examples: %s %s',
    async (...words) => {
      const { code, stdout } = await run([...words, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}\$ freezeframe models /);
    },
  );
});
