import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Watch, watchFolder } from '../../../../scripts/local/aws/watch.ts';

describe('watchFolder', () => {
  let folder: string;
  let watch: Watch;
  let landed: string[];
  let passedOver: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-watch-'));
    landed = [];
    passedOver = [];
    watch = await watchFolder(
      folder,
      ({ key }) => landed.push(key),
      undefined,
      (key, why) => passedOver.push(`${key}: ${why}`),
    );
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

  it('takes neither links, nor folders, nor what begins with a dot, and tells of links once', async () => {
    await symlink(tmpdir(), join(folder, 'linked folder'));
    await symlink('/etc/hosts', join(folder, 'linked.jpg'));
    await mkdir(join(folder, 'folder.jpg', '.hidden'), { recursive: true });
    await writeFile(join(folder, 'folder.jpg', '.hidden', 'a.jpg'), 'a');
    await writeFile(join(folder, '.partial.jpg'), 'a');
    await writeFile(join(folder, 'folder.jpg', 'inside\n%+ü.jpg'), 'a');
    await vi.waitFor(() => expect(landed).toHaveLength(1), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(landed).toEqual(['folder.jpg/inside\n%+ü.jpg']);
    expect(passedOver.toSorted()).toEqual([
      'linked folder: it is a link: put the file itself there',
      'linked.jpg: it is a link: put the file itself there',
    ]);
  });

  it.skipIf(platform() !== 'linux')(
    'tells of names that are not UTF-8 (skipped where no file system has such)',
    async () => {
      await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.jpg')]), 'a');
      await mkdir(Buffer.concat([Buffer.from(`${folder}/menu `), Buffer.from([0xe9])]));
      await vi.waitFor(() => expect(passedOver).toHaveLength(2), 5_000);
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(landed).toEqual([]);
      expect(passedOver.toSorted()).toEqual([
        'caf\uFFFD.jpg: its name is not UTF-8: rename it',
        'menu \uFFFD: its name is not UTF-8: rename it',
      ]);
    },
  );
});
