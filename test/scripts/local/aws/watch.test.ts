import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Watch, watchFolder } from '../../../../scripts/local/aws/watch.ts';

describe('watchFolder', () => {
  let folder: string;
  let watch: Watch;
  let landed: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-watch-'));
    landed = [];
    watch = await watchFolder(folder, ({ key }) => landed.push(key));
  });
  afterEach(async () => {
    watch.close();
    await rm(folder, { recursive: true });
  });

  it('tells of each file once, while other folders come and go', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => `kept ${i}.jpg`);
    await Promise.all(keys.map((key) => writeFile(join(folder, key), key)));
    const until = Date.now() + 2_500;
    for (let i = 0; Date.now() < until; i++) {
      const passing = join(folder, `passing ${i % 7}`);
      await mkdir(join(passing, 'deeper', 'still'), { recursive: true });
      await rm(passing, { recursive: true });
    }
    await vi.waitFor(() => expect(landed.length).toBeGreaterThanOrEqual(keys.length), 5_000);
    expect(landed.toSorted()).toEqual(keys.toSorted());
  });

  it('sees neither links, nor folders, nor what begins with a dot', async () => {
    await symlink(tmpdir(), join(folder, 'linked folder'));
    await symlink('/etc/hosts', join(folder, 'linked.jpg'));
    await mkdir(join(folder, 'folder.jpg', '.hidden'), { recursive: true });
    await writeFile(join(folder, 'folder.jpg', '.hidden', 'a.jpg'), 'a');
    await writeFile(join(folder, '.partial.jpg'), 'a');
    await writeFile(join(folder, 'folder.jpg', 'inside\n%+ü.jpg'), 'a');
    await vi.waitFor(() => expect(landed).toHaveLength(1), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(landed).toEqual(['folder.jpg/inside\n%+ü.jpg']);
  });
});
