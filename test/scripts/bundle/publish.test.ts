import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isUnfinished,
  publish,
  readRecords,
  removeAbandoned,
  runningName,
  stagingName,
} from '../../../scripts/bundle/publish.ts';

describe('publish', () => {
  let out: string;
  const record = { key: '', inputs: {}, outputs: {}, unzipped: 0, zipped: 0 };
  const put = async (path: string, text: string) => {
    await mkdir(join(out, path, '..'), { recursive: true });
    await writeFile(join(out, path), text);
  };

  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'freezeframe-publish-'));
  });
  afterEach(() => rm(out, { recursive: true }));

  it('puts what is new in place of what was, and takes away functions that are no more', async () => {
    await put('functions/http/old.mjs', 'old');
    await put('functions/http.zip', 'old');
    await put('functions/gone/index.mjs', 'gone');
    await put('functions/gone.zip', 'gone');
    await put('.staging-1/functions/http/index.mjs', 'new');
    await put('.staging-1/functions/http.zip', 'new');
    await publish(
      out,
      join(out, '.staging-1'),
      ['functions/http'],
      { platform: 'linux' },
      { 'functions/http': record },
    );
    expect((await readdir(join(out, 'functions'))).sort()).toEqual(['http', 'http.zip']);
    expect(await readdir(join(out, 'functions/http'))).toEqual(['index.mjs']);
    expect(await readRecords(out)).toEqual({ 'functions/http': record });
    expect(await isUnfinished(out)).toBe(false);
    expect(JSON.parse(await readFile(join(out, 'bundle.json'), 'utf8'))).toEqual({ platform: 'linux' });
  });

  it('believes nothing after it was cut off half-way', async () => {
    await put('.records.json', '{}');
    // The staged folder is missing: the move fails.
    const cut = publish(out, join(out, '.staging-1'), ['functions/http'], {}, { 'functions/http': record });
    await expect(cut).rejects.toThrow('ENOENT');
    expect(await readdir(out)).not.toContain('.records.json');
    expect(await isUnfinished(out)).toBe(true);
    await put('.records.json', '{"functions/ht');
    expect(await readRecords(out)).toEqual({});
  });

  it('clears up after dead processes and not after living ones', async () => {
    const dead = 2 ** 22 + 1;
    for (const pid of [dead, process.ppid]) {
      await put(`${stagingName(pid)}/x`, '');
      await put(`${runningName(pid, 1)}/x`, '');
    }
    await put(`${runningName(process.pid, 1)}/x`, '');
    await removeAbandoned(out);
    const left = [runningName(process.ppid, 1), runningName(process.pid, 1), stagingName(process.ppid)];
    expect((await readdir(out)).sort()).toEqual(left.sort());
  });
});
