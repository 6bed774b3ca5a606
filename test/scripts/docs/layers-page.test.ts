import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../../scripts/convert/keras/layers/index.ts';
import { layersPage } from '../../../scripts/docs/layers-page.ts';

describe('docs/layers.md', () => {
  it('is what the registries say today (npx tsx scripts/docs/layers.ts)', () => {
    expect(readFileSync(new URL('../../../docs/layers.md', import.meta.url), 'utf8')).toBe(layersPage());
  });

  it('has a row for every layer, each with what it does', () => {
    const rows = layersPage()
      .split('\n')
      .filter((line) => /^\| `\w+` \|/.test(line));
    expect(rows).toHaveLength(LAYERS.length);
    expect(rows.filter((row) => /^\| `\w+` \| +\|/.test(row))).toEqual([]);
  });
});
