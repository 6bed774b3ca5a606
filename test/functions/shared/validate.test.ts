import { RequestError } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { recordList, rowList, validate } from '../../../functions/shared/validate.ts';

const schema = z.strictObject({ picture: z.string().optional(), many: z.record(z.string(), z.number()).optional() });
const refused = (value: unknown): RequestError => {
  try {
    validate(schema, value, 'The body');
  } catch (error) {
    return error as RequestError;
  }
  throw new Error('nothing was refused');
};

describe('validate', () => {
  it.each([
    ['many unknown names', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1]))],
    ['one long name', { ['k'.repeat(3_000_000)]: 1 }],
    ['a long name on the way to what is wrong', { many: { ['k'.repeat(3_000_000)]: 'x' } }],
    ['many wrong values', { many: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'x'])) }],
  ])('does not repeat at length what was sent: %s', (_, value) => {
    const error = refused(value);
    expect(error).toBeInstanceOf(RequestError);
    expect(error.code).toBe('request-invalid');
    expect(error.message.length).toBeLessThan(3_000);
    expect(JSON.stringify(error.details).length).toBeLessThan(4_000);
  });
});

describe('a long list', () => {
  const takes = (list: ReturnType<typeof rowList | typeof recordList>, value: unknown) => list.safeParse(value).success;

  it('is of rows, or of records, and never empty', () => {
    expect([[[]], [[1], ['a']], [], [[1], {}], 'a', {}].map((value) => takes(rowList(), value))).toEqual([
      ...[true, true, false, false, false, false],
    ]);
    expect([[{}], [{ a: 1 }, {}], [], [{}, []], [null], {}].map((value) => takes(recordList(), value))).toEqual([
      ...[true, true, false, false, false, false],
    ]);
  });

  it('is given up at its first wrong item', () => {
    const result = recordList().safeParse(new Array(1_000_000).fill(1));
    expect(result.error?.issues).toHaveLength(1);
  });
});
