import { describe, expect, it } from 'vitest';
import { doubts } from '../../../scripts/evaluate/doubts.ts';
import { accuracyOf } from '../../../scripts/evaluate/interval.ts';

describe('doubts', () => {
  const metrics = { ...accuracyOf(6, 12), meanAbsoluteError: 9594.94 };

  it('says what one class alone scores, with the interval', () => {
    const constant = { answer: 'cat', accuracy: 0.5, verdict: 'not-better' as const };
    expect(doubts(constant, { metrics, samples: '12 test pictures' })).toBe(
      'On 12 test pictures it is not better than always answering "cat": ' +
        'accuracy 50.0 % (95 % interval 25.4-74.6 %), of that answer 50.0 %.',
    );
    expect(doubts({ ...constant, verdict: 'unclear' }, { metrics, samples: '3 pictures' })).toMatch(
      /^3 pictures are too few to say whether it is better than always answering "cat": accuracy/,
    );
    expect(doubts({ ...constant, accuracy: 1, verdict: 'unclear' }, { metrics, samples: '9 pictures' })).toBe(
      'All 9 pictures are "cat": they cannot say whether it tells classes apart.',
    );
    expect(doubts({ ...constant, verdict: 'better' }, { metrics, samples: '12 pictures' })).toBeUndefined();
  });

  it('says what one number alone scores, in its unit', () => {
    const constant = {
      answer: 1345,
      meanAbsoluteError: 335.1,
      rootMeanSquaredError: 400,
      verdict: 'not-better' as const,
    };
    expect(doubts(constant, { metrics, samples: '9 test rows', unit: 'USD' })).toBe(
      'On 9 test rows it is not better than always answering 1,345 USD: mean error 9,595 USD, of that answer 335.1 USD.',
    );
  });
});
