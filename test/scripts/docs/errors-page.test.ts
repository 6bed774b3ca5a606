import ERROR_CODES from '@freezeframe/inference/error-codes' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../../../scripts/docs/errors-page.ts';

describe('docs/errors.md', () => {
  it('has a row for every code', () => {
    const rows = [...errorsPage().matchAll(/^\| <a id="([\w-]+)">/gm)].map(([, code]) => code);
    expect(rows.toSorted()).toEqual(Object.keys(ERROR_CODES).sort());
  });
});
