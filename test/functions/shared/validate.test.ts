import { RequestError } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { validate } from '../../../functions/shared/validate.ts';

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
