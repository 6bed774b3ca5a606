import { describe, expect, it } from 'vitest';
import { uploadLine } from '../../../scripts/local/upload-line.ts';

describe('uploadLine', () => {
  it.each([
    [{ predictions: [{ label: 'gnome', probability: 0.98765 }] }, 'a.jpg: gnome 98.8 %'],
    [{ values: [{ name: 'price', value: 12, unit: 'USD' }] }, 'a.jpg: price 12 USD'],
    [{ title: 'Not a picture', detail: 'It is text' }, 'a.jpg: Not a picture: It is text'],
    [null, 'a.jpg: no result'],
  ])('says what %j means', (result, line) => {
    expect(uploadLine({ key: 'a.jpg', result })).toBe(line);
  });

  it('says why an upload has no answer, and where it is', () => {
    const line = uploadLine({ key: 'a.jpg', deadLetter: '/dead/a.jpg', reason: 'it broke' });
    expect(line).toBe('a.jpg: no answer (it broke); moved to /dead/a.jpg');
  });
});
