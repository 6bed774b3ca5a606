import { resolve } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { defaultStore, openStore } from '../../../scripts/store/places.ts';

afterEach(() => vi.unstubAllEnvs());

it.each([
  [undefined, '.freezeframe'],
  ['', '.freezeframe'],
  ['/somewhere/else', '/somewhere/else'],
])('with FREEZEFRAME_STORE %j the store is at %s', (value, where) => {
  vi.stubEnv('FREEZEFRAME_STORE', value);
  expect(defaultStore()).toBe(where);
  expect(openStore().location).toBe(resolve(where));
});

it('takes a folder that is named before the environment', () => {
  vi.stubEnv('FREEZEFRAME_STORE', '/somewhere/else');
  expect(openStore('here').location).toBe(resolve('here'));
});
