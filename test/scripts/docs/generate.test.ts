import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WRITERS } from '../../../scripts/docs/generate.ts';

describe('what is generated', () => {
  it.each(WRITERS)('$file is what its writer says today (npm run generate)', async ({ file, text }) => {
    expect(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8') === (await text()), 'stale').toBe(true);
  });
});
