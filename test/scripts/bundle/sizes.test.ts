import { describe, expect, it } from 'vitest';
import { checkLimit, deployedSize, sizeTable, UNZIPPED_LIMIT } from '../../../scripts/bundle/sizes.ts';

const units = [
  { name: 'layers/inference', zipped: 20, unzipped: 1000 },
  { name: 'layers/model', zipped: 10, unzipped: 500 },
  { name: 'functions/small', zipped: 1, unzipped: 10 },
  { name: 'functions/large', zipped: 2, unzipped: 20 },
];

describe('deployedSize', () => {
  it('is all layers and the largest function', () => {
    expect(deployedSize(units)).toEqual({ name: 'layers and functions/large', zipped: 32, unzipped: 1520 });
  });
});

describe('checkLimit', () => {
  it('lets exactly the limit pass and one byte more fail, naming the largest part', () => {
    expect(() => checkLimit(units, 1520)).not.toThrow();
    expect(() => checkLimit(units, 1519)).toThrowError(
      expect.objectContaining({
        code: 'bundle-too-large',
        message: expect.stringContaining('layers/inference with 1,000'),
      }),
    );
  });
});

describe('sizeTable', () => {
  it('has a row for each unit and the sum that counts', () => {
    const lines = sizeTable([{ name: 'layers/model', zipped: 1_234_567, unzipped: UNZIPPED_LIMIT / 4 }]).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/zipped\s+unzipped\s+of 262,144,000$/);
    expect(lines[1]).toMatch(/^layers\/model\s+1,234,567\s+65,536,000\s+25\.0 %$/);
  });
});
