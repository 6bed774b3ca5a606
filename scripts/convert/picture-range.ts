/** The numbers that a model is made for, where the first that it does with a picture tells. */
export type PictureRange = 'bytes' | 'unit';

/** 1/58 (the deviation of bytes) is below, what has nothing to do with scaling (the 0.3 of red in a grey) is not. */
const SHRINKS = 1 / 32;
const GROWS = 1.5;
/** A mean of numbers in 0..1 is no larger; nobody takes less than a tenth for a mean. */
const LARGEST_MEAN = 1.5;
const SMALLEST_MEAN = 0.1;

/** x * factor: 1/255 and 1/127.5 want bytes; 2 and 1/0.229 want 0..1. Anything between tells nothing. */
export function rangeOfFactors(factors: readonly number[]): PictureRange | undefined {
  const sizes = factors.map(Math.abs);
  if (sizes.length === 0) return undefined;
  if (sizes.every((size) => size > 0 && size <= SHRINKS)) return 'bytes';
  return sizes.every((size) => size >= GROWS) ? 'unit' : undefined;
}

/**
 * x - mean: 123.68 of bytes or 0.485 of 0..1; and 255 - x or 1 - x. What is added tells nothing: x + 1 is of -1..1, as are
 * means of which some are negative.
 */
export function rangeOfMeans(means: readonly number[]): PictureRange | undefined {
  if (means.some((mean) => mean > LARGEST_MEAN)) return 'bytes';
  return means.some((mean) => mean >= SMALLEST_MEAN) && means.every((mean) => mean >= 0) ? 'unit' : undefined;
}
