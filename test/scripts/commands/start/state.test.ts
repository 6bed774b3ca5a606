import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readState, writeState } from '../../../../scripts/commands/start/state.ts';

describe('the state of npm start', () => {
  let folder: string;
  const file = () => join(folder, 'deep', 'start.json');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-state-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is what was written, and nothing where there is none', async () => {
    expect(await readState(file())).toEqual({});
    const state = { finished: { fingerprint: 'f', model: 'gnomes@1' } };
    await writeState(file(), state);
    expect(await readState(file())).toEqual(state);
  });

  it.each(['', '{"finished":', 'null', '5', '"text"'])('is nothing for a file that holds %j', async (text) => {
    await writeFile(file(), text);
    expect(await readState(file())).toEqual({});
  });
});
