import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type UploadReport, uploadLine } from '../../../../scripts/local/aws/uploads.ts';
import { type LocalGateway, startLocalGateway } from '../../../../scripts/local/gateway.ts';
import { makeFakeBuild } from '../fake-build.ts';

describe('startUploads', () => {
  let work: string;
  let gateway: LocalGateway;
  const reports: UploadReport[] = [];
  const start = () =>
    startLocalGateway({
      buildDir: join(work, 'build'),
      port: 0,
      folders: { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') },
      concurrency: 1,
      retryAfter: 50,
      onUpload: (report) => reports.push(report),
    });
  const reported = (key: string) =>
    vi.waitFor(() => {
      const report = reports.find((each) => each.key === key);
      if (!report) throw new Error(`no report on ${key}`);
      return report;
    }, 10_000);
  const drop = async (key: string, text = 'picture') => {
    await mkdir(join(work, 'up', key, '..'), { recursive: true });
    await writeFile(join(work, 'up', key), text);
  };

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-uploads-'));
    await makeFakeBuild(join(work, 'build'));
    await drop('before.jpg', 'dropped while nothing ran');
    gateway = await start();
  });
  afterAll(async () => {
    await gateway.close();
    await rm(work, { recursive: true });
  });

  it('answers what landed before it started, and files in subfolders with any name', async () => {
    await drop('deep/a b+ü.jpg', '12345');
    expect(await reported('before.jpg')).toMatchObject({ result: { bytes: 25, attempt: '1' } });
    expect(await reported('deep/a b+ü.jpg')).toMatchObject({ result: { bytes: 5, size: 5 } });
    expect(await readdir(join(work, 'results', 'deep'))).toEqual(['a b+ü.jpg.json']);
  });

  it('delivers a record again that failed once', async () => {
    await drop('second.jpg');
    expect(await reported('second.jpg')).toMatchObject({ result: { attempt: '2' } });
  });

  it.each([
    ['bad.jpg', /batchItemFailures/],
    ['throw.jpg', /^Error: all of it failed$/],
  ])('moves %s to the dead letters with its reason after five deliveries', async (key, reason) => {
    await drop(key);
    expect(await reported(key)).toMatchObject({ reason: expect.stringMatching(reason) });
    expect((await readdir(join(work, 'up'))).includes(key)).toBe(false);
    const note = JSON.parse(await readFile(join(work, 'dead', `${key}.reason.json`), 'utf8'));
    expect(note).toMatchObject({ key, attempts: 5 });
    expect(await readFile(join(work, 'dead', key), 'utf8')).toBe('picture');
  });

  it('lives on when a name is too long for its result and its note', async () => {
    const key = `${'ü'.repeat(124)}bad.jpg`;
    await drop(key);
    const report = await reported(key);
    expect(report).toMatchObject({ reason: expect.stringMatching(/batchItemFailures/) });
    const dead = (await readdir(join(work, 'dead'))).filter((name) => name.startsWith('ü'));
    expect(dead).toHaveLength(2);
    expect(await readFile(join(work, 'dead', dead[0] as string), 'utf8')).toBe('picture');
    expect(JSON.parse(await readFile(join(work, 'dead', dead[1] as string), 'utf8'))).toMatchObject({ key });
  });

  it('lives on when a file cannot be moved to the dead letters', async () => {
    await writeFile(join(work, 'dead', 'blocked'), 'a file where a folder is wanted');
    await drop('blocked/bad.jpg');
    expect(await reported('blocked/bad.jpg')).toMatchObject({
      deadLetter: join(work, 'up', 'blocked', 'bad.jpg'),
      reason: expect.stringContaining('could not be moved'),
    });
    await rm(join(work, 'up', 'blocked'), { recursive: true });
    await drop('after.jpg');
    expect(await reported('after.jpg')).toMatchObject({ result: { bytes: 7 } });
  });

  it('answers a file again when it changes, and not when the gateway is started again', async () => {
    await drop('changed.jpg', 'one');
    await reported('changed.jpg');
    reports.length = 0;
    await drop('changed.jpg', 'three');
    expect(await reported('changed.jpg')).toMatchObject({ result: { bytes: 5 } });
    await gateway.close();
    reports.length = 0;
    gateway = await start();
    await drop('new.jpg');
    await reported('new.jpg');
    expect(reports.map(({ key }) => key)).toEqual(['new.jpg']);
  });
});

describe('uploadLine', () => {
  it.each([
    [{ predictions: [{ label: 'gnome', probability: 0.98765 }] }, 'a.jpg: gnome 98.8 %'],
    [
      { known: false, predictions: [{ label: 'gnome', probability: 0.6 }] },
      'a.jpg: none of these (the nearest: gnome 60.0 %)',
    ],
    [{ values: [{ name: 'price', value: 12, unit: 'USD' }] }, 'a.jpg: price 12 USD'],
    [{ title: 'Not a picture', detail: 'It is text' }, 'a.jpg: Not a picture: It is text'],
    [null, 'a.jpg: no result'],
  ])('says what %j means', (result, line) => {
    expect(uploadLine({ key: 'a.jpg', result })).toBe(line);
  });

  it('says why an upload has no answer, and where it is', () => {
    const line = uploadLine({ key: 'a.jpg', deadLetter: '/dead/a.jpg', reason: 'it broke' });
    expect(line).toBe('a.jpg: no answer (it broke); it is at /dead/a.jpg');
  });
});
