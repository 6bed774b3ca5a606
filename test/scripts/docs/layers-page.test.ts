import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../../scripts/convert/keras/layers/index.ts';
import { layersPage } from '../../../scripts/docs/layers-page.ts';

describe('docs/layers.md', () => {
  it('has a row for every layer, each with what it does', () => {
    const rows = layersPage()
      .split('\n')
      .filter((line) => /^\| `\w+` \|/.test(line));
    expect(rows).toHaveLength(LAYERS.length);
    expect(rows.filter((row) => /^\| `\w+` \| +\|/.test(row))).toEqual([]);
  });
});
