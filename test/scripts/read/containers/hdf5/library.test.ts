import { afterEach, describe, expect, it } from 'vitest';
import { hdf5Instance, releaseInstance } from '../../../../../scripts/read/containers/hdf5/library.ts';

afterEach(async () => releaseInstance(await hdf5Instance(), 'trapped'));

describe('the HDF5 library', () => {
  it('is started once and kept, also after some files that failed', async () => {
    const first = await hdf5Instance();
    await releaseInstance(first, 'well');
    await releaseInstance(first, 'failed');
    expect(await hdf5Instance()).toBe(first);
  });

  it('is started anew after a trap', async () => {
    const first = await hdf5Instance();
    await releaseInstance(first, 'trapped');
    expect(await hdf5Instance()).not.toBe(first);
  });

  it('is started anew after many files that failed, for what they may have left open', async () => {
    const first = await hdf5Instance();
    for (let i = 0; i < 64; i++) await releaseInstance(first, 'failed');
    expect(await hdf5Instance()).not.toBe(first);
  });

  it('sees no devices, and keeps what it says to itself', async () => {
    const { library, said } = await hdf5Instance();
    expect(library.FS.readdir('/dev').filter((name) => !name.startsWith('.'))).toEqual(['shm']);
    expect(library.open('/nowhere.h5', 0)).toBe(-1n);
    expect(said.join('\n')).toContain('HDF5-DIAG');
  });
});

describe('its memory', () => {
  it('grows to a limit, beyond which there is none', async () => {
    const { library, limitMemory } = await hdf5Instance();
    limitMemory(64 * 2 ** 20);
    expect(library._malloc(2 ** 30)).toBe(0);
    limitMemory(128 * 2 ** 20);
    const pointer = library._malloc(64 * 2 ** 20);
    expect(pointer).toBeGreaterThan(0);
    expect(library.HEAPU8.length).toBeLessThanOrEqual(128 * 2 ** 20);
  });
});
