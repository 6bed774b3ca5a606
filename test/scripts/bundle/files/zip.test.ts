import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { zipTree } from '../../../../scripts/bundle/files/zip.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('zipTree', () => {
  it('holds every file and does not depend on the order of insertion', async () => {
    const a = await zipTree(
      new Map([
        ['x/1', bytes('one')],
        ['a', bytes('two'.repeat(100_000))],
      ]),
    );
    const b = await zipTree(
      new Map([
        ['a', bytes('two'.repeat(100_000))],
        ['x/1', bytes('one')],
      ]),
    );
    expect(Buffer.compare(a, b)).toBe(0);
    const files = unzipSync(a);
    expect(Object.keys(files)).toEqual(['a', 'x/1']);
    expect(Buffer.from(files['x/1'] ?? []).toString()).toBe('one');
  });

  it('does not depend on the time zone', async () => {
    const before = process.env.TZ;
    const results: Uint8Array[] = [];
    for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      process.env.TZ = zone;
      results.push(await zipTree(new Map([['a', bytes('x')]])));
    }
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
    expect(Buffer.compare(results[0] as Uint8Array, results[1] as Uint8Array)).toBe(0);
  });
});
