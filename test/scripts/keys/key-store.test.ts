import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyFile } from '../../../scripts/keys/key-file.ts';
import { createKey, type KeyStore, pick, stateOf } from '../../../scripts/keys/keys.ts';
import { parameterStore } from '../../../scripts/keys/parameter-store.ts';
import { useAws } from '../../aws/use-aws.ts';
import { fakeParameters } from './fake-parameters.ts';

const record = (name: string, more = {}) => ({ ...createKey({ name }).record, ...more });

describe('where keys are kept', () => {
  const aws = useAws();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-keys-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const stores: [string, () => Promise<KeyStore>][] = [
    ['a file', async () => keyFile(join(folder, 'store', 'keys.json'))],
    ['Parameter Store', () => parameterStore('/freezeframe/test/keys')],
  ];
  describe.each(stores)('in %s', (_, open) => {
    const parameters = fakeParameters(aws);
    beforeEach(async () => {
      parameters.clear();
      await rm(join(folder, 'store'), { recursive: true, force: true });
    });

    it('is nothing at first, then what was put there, the oldest first', async () => {
      const store = await open();
      expect(await store.list()).toEqual([]);
      const records = Array.from({ length: 23 }, (_, i) =>
        record(`key ${i}`, { createdAt: new Date(Date.UTC(2026, 0, 1 + i)).toISOString() }),
      );
      for (const one of records) await store.put(one);
      expect(await store.list()).toEqual(records);
    });

    it('loses none of those that several put at the same time', async () => {
      const records = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => record(name));
      await Promise.all(records.map(async (one) => (await open()).put(one)));
      const names = (await (await open()).list()).map(({ name }) => name);
      expect(names.sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    });

    it('replaces a record by its id', async () => {
      const store = await open();
      const one = record('a');
      await store.put(one);
      await store.put({ ...one, revokedAt: one.createdAt });
      expect(await store.list()).toEqual([{ ...one, revokedAt: one.createdAt }]);
    });
  });

  it('is for nobody else to read, whole at any time, and refused where it is damaged', async () => {
    const file = join(folder, 'own', 'keys.json');
    await keyFile(file).put(record('a'));
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'own'))).toEqual(['.keys.json.locks', 'keys.json']);
    await writeFile(file, '[{}]');
    await expect(keyFile(file).list()).rejects.toMatchObject({ code: 'keys-unreadable' });
  });

  it('says what AWS says where it refuses', async () => {
    aws.fault = () => 'throttle';
    const store = await parameterStore('/freezeframe/test/keys');
    await expect(store.put(record('a'))).rejects.toMatchObject({ code: 'aws-refused' });
  }, 20_000);
});

describe('pick', () => {
  const good = record('shop');
  const old = record('shop', { revokedAt: '2020-01-01T00:00:00.000Z' });
  const twins = [record('twin'), record('twin')];
  const all = [old, good, ...twins];

  it('takes an id, or the name of one good key', () => {
    expect(pick(all, old.id)).toBe(old);
    expect(pick(all, 'shop')).toBe(good);
    expect(pick([old], 'shop')).toBe(old);
  });

  it('refuses what is nobody, or several', () => {
    expect(() => pick(all, 'shops')).toThrow('There is no key shops');
    expect(() => pick(all, 'twin')).toThrow(`${twins[0]?.id}, ${twins[1]?.id}`);
  });
});

describe('stateOf', () => {
  it('is good, expired or revoked', () => {
    const at = Date.parse('2026-01-01');
    expect(stateOf(record('a'), at)).toBe('good');
    expect(stateOf(record('a', { expiresAt: '2026-01-01T00:00:00.000Z' }), at)).toBe('expired');
    expect(stateOf(record('a', { expiresAt: '2020-01-01T00:00:00.000Z', revokedAt: 'then' }), at)).toBe('revoked');
  });
});
