/** Longer than any that S3 has written: 16 to 18 digits so far. */
export const MAX_DIGITS = 64;

/** What S3 writes as a sequencer. */
export const SEQUENCER = new RegExp(`^[0-9A-Fa-f]{1,${MAX_DIGITS}}$`);

/**
 * A sequencer as text that sorts as S3 means it. They may differ in length; the shorter one is filled with zeros *on the
 * right*: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function sequenceOf(sequencer: string): string {
  return sequencer.toUpperCase().padEnd(MAX_DIGITS, '0');
}
