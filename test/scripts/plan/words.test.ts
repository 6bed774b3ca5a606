import { expect, it } from 'vitest';
import { dollars, hoursInWords, requestsInWords } from '../../../scripts/plan/words.ts';

it.each([
  [48, '2 days'],
  [24, 'a day'],
  [1.5, '1.5 hours'],
  [1, '1 hour'],
  [0.05, '3 minutes'],
  [1 / 3600, '1 second'],
  [0.0001, '0.36 seconds'],
])('%d hours are told as %s', (hours, words) => {
  expect(hoursInWords(hours)).toBe(words);
});

it('counts one request, and all digits of many', () => {
  expect([1, 86_563].map(requestsInWords)).toEqual(['1 request', '86,563 requests']);
});

it('says little money as little, not as none', () => {
  expect([0, 0.000_01, 0.0021, 12.5].map(dollars)).toEqual(['$0.00', '<$0.0001', '$0.0021', '$12.50']);
});
