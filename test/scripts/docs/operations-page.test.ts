import { describe, expect, it } from 'vitest';
import { OPERATORS, REFUSED_OPERATORS } from '../../../scripts/convert/keras/operators/index.ts';
import { operationsOfKeras, operationsPage } from '../../../scripts/docs/operations-page.ts';

describe('docs/operations-keras.md', () => {
  it('says of every function of keras.ops whether it can be frozen, and if not, why', () => {
    const rows = operationsOfKeras();
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.filter(([, , fate]) => fate === undefined)).toEqual([]);
    expect(
      operationsPage()
        .split('\n')
        .filter((line) => /^\| `[\w.]+` \|/.test(line)),
    ).toHaveLength(rows.length);
  });

  it('refuses nothing that can be frozen', () => {
    expect(OPERATORS.flatMap(({ keras }) => keras).filter((name) => REFUSED_OPERATORS.has(name))).toEqual([]);
  });
});
