import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readRecord } from '../../../../functions/http/auth/key.ts';
import { createKeyList } from '../../../../functions/http/auth/key-list.ts';
import { expectPrinted } from '../../../printed.ts';
import { makeKey } from './keys.ts';

const { record } = makeKey();

describe('createKeyList', () => {
  let now = 0;
  const load = vi.fn(async (_path: string) => [record]);
  const list = () => createKeyList(load, () => now);
  beforeEach(() => {
    now = 1_000_000;
    load.mockReset().mockResolvedValue([record]);
    vi.stubEnv('API_KEYS_PATH', '/freezeframe/test/keys');
  });
  afterEach(() => vi.unstubAllEnvs());

  it('reads the list once in a minute, or in API_KEYS_TTL seconds', async () => {
    const keys = list();
    expect(await keys()).toEqual([record]);
    now += 59_999;
    await keys();
    expect(load.mock.calls).toEqual([['/freezeframe/test/keys']]);
    now += 1;
    load.mockResolvedValue([]);
    expect(await keys()).toEqual([]);
    vi.stubEnv('API_KEYS_TTL', '1');
    const quick = list();
    await quick();
    now += 1_000;
    await quick();
    expect(load).toHaveBeenCalledTimes(4);
  });

  it('lets the last list stand for ten times its time while Parameter Store fails, then lets nobody in', async () => {
    const keys = list();
    await keys();
    load.mockRejectedValue(new Error('throttled'));
    now += 60_000;
    expect(await keys()).toEqual([record]);
    // Not asked again with each request.
    await keys();
    expect(load).toHaveBeenCalledTimes(2);
    now += 540_000;
    await expect(keys()).rejects.toMatchObject({ code: 'auth-unavailable' });
    load.mockResolvedValue([record]);
    expect(await keys()).toEqual([record]);
    expectPrinted(/keys could not be read again/);
  });

  it('lets nobody in where it never could be read, or nobody said where it is', async () => {
    load.mockRejectedValue(new Error('denied'));
    await expect(list()()).rejects.toMatchObject({ code: 'auth-unavailable' });
    vi.stubEnv('API_KEYS_PATH', '');
    await expect(list()()).rejects.toMatchObject({ code: 'auth-unavailable' });
  });
});

describe('readRecord', () => {
  it('reads a record and nothing else', () => {
    expect(readRecord(JSON.stringify(record))).toEqual(record);
    for (const value of [undefined, '', 'null', '{', '[]', JSON.stringify({ ...record, sha256: '' })]) {
      expect(readRecord(value)).toBeUndefined();
    }
  });
});
