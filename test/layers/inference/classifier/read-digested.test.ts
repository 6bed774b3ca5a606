import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readDigested } from '../../../../layers/inference/src/classifier/read-digested.ts';

const folder = mkdtempSync(join(tmpdir(), 'digested-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Nothing, less than a part, a part, several parts with and without a rest.
it.each([0, 1, 2 ** 20, 2 ** 21, 2 ** 21 + 12_345])('gives all of %i bytes, and their digest', async (length) => {
  const wanted = randomBytes(length);
  const file = join(folder, `${length}`);
  writeFileSync(file, wanted);
  const { bytes, sha256 } = await readDigested(file);
  expect(Buffer.compare(bytes, wanted)).toBe(0);
  expect(sha256).toBe(createHash('sha256').update(wanted).digest('hex'));
});

it('rejects where there is no file', async () => {
  await expect(readDigested(join(folder, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
});
