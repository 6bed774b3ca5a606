import { describe, expect, it } from 'vitest';
import { delimiterOf } from '../../../scripts/tables/delimiter.ts';

describe('delimiterOf', () => {
  it.each([
    [',', 'a,b\n1,2\n'],
    [';', 'a;b\n1,5;2,5\n'],
    [';', 'price, net;area, m2\n1500,5;80,5\n12,5;60,5\n'],
    [';', '"a,b,c";d\n1;2\n'],
    ['\t', 'a\tb, c\td\n1\t2,5\t3\n'],
    ['|', 'a|b\r\n1|2\r\n'],
    [',', 'a|x,b,c\n1,2,3\n4,5,6\n'],
    [',', 'a,b\n1,2,\n3,4,\n'],
    [',', 'alone\n1\n'],
    [',', ''],
  ])('finds %j in %j', (sign, text) => {
    expect(delimiterOf(text)).toBe(sign);
  });
});
