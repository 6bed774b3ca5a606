import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askedByAddress } from '../../../scripts/packages/asked.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'freezeframe-asked-'));
  for (const room of ['here', 'bench']) await mkdir(join(root, 'scripts', room), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

it('tells modules that are started from files that are read, in what is published', async () => {
  await writeFile(
    join(root, 'scripts/here/a.ts'),
    "start(new URL('./worker.ts', import.meta.url)); read(new URL('../../assets/x.json', import.meta.url));",
  );
  await writeFile(join(root, 'scripts/bench/b.ts'), "start(new URL('./other.ts', import.meta.url));");
  expect(await askedByAddress(root)).toEqual({ modules: ['scripts/here/worker.ts'], files: ['assets/x.json'] });
});

it('refuses an address that cannot be read off', async () => {
  for (const address of ['file', '`./$' + '{name}`']) {
    await writeFile(join(root, 'scripts/here/a.ts'), `read(new URL(${address}, import.meta.url));`);
    await expect(askedByAddress(root)).rejects.toThrow(/scripts\/here\/a\.ts: write out/);
  }
});
