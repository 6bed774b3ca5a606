import { describe, expect, it } from 'vitest';
import { listAssets, listFunctions } from '../../../scripts/bundle/list-functions.ts';

describe('listFunctions', () => {
  it('finds the folders with an index.ts; what they share is none', async () => {
    expect(await listFunctions('.')).toEqual(['classify', 'http', 'uploads']);
  });
});

describe('listAssets', () => {
  it('finds the parts of the page and no code', async () => {
    const assets = await listAssets('.', 'http');
    expect(assets).toContain('page/index.html');
    expect(assets.filter((path) => path.endsWith('.ts') || path.endsWith('.json'))).toEqual([]);
  });
});
