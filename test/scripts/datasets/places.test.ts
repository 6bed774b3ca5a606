import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { placesOf } from '../../../scripts/datasets/places.ts';

afterEach(() => vi.unstubAllEnvs());

describe('placesOf', () => {
  it('lies in the store, or where one says', () => {
    vi.stubEnv('FREEZEFRAME_STORE', '/somewhere');
    expect(placesOf({})).toEqual({ cache: resolve('/somewhere/cache/datasets'), data: resolve('/somewhere/datasets') });
    expect(placesOf({ cacheDir: '/else' }).cache).toBe(resolve('/else'));
    vi.stubEnv('FREEZEFRAME_STORE', '');
    expect(placesOf({}).data).toBe(resolve('.freezeframe/datasets'));
  });
});
