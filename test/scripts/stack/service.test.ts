import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serviceName } from '../../../scripts/stack/service.ts';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'freezeframe-service-'));
});
afterEach(() => rm(work, { recursive: true }));

it.each([
  ['# of ours\nservice: animals # the name\n', 'animals'],
  ['service: "animals"', 'animals'],
  ["service:   'a-b'\r\n", 'a-b'],
])('reads %j', async (text, name) => {
  const file = join(work, 'serverless.yml');
  await writeFile(file, text);
  expect(serviceName(file)).toBe(name);
});

it.each([['service: $', '{env:NAME}'].join(''), 'provider: { name: aws }', 'service:\n  name: x'])(
  'guesses nothing from %j',
  async (text) => {
    const file = join(work, 'serverless.yml');
    await writeFile(file, text);
    expect(() => serviceName(file)).toThrow(expect.objectContaining({ code: 'settings-refused' }));
  },
);

it('is ours where no project is', () => {
  expect(serviceName(join(work, 'absent.yml'))).toBe('freezeframe');
});
