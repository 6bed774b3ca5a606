import { describe, expect, it } from 'vitest';
import { fieldsOf, isRecord } from '../../../functions/shared/record.ts';

describe('records', () => {
  it('are objects that are no lists', () => {
    expect([{}, { a: 1 }, [], null, undefined, 'text', 1].map(isRecord)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('have their fields, and anything else has none', () => {
    const given = { a: 1 };
    expect(fieldsOf(given)).toBe(given);
    for (const other of [[1], null, undefined, 'text']) expect(fieldsOf(other)).toEqual({});
  });
});
