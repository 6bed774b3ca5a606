/**
 * Whether this environment was started before a request came. Where a caller waits for the start, no pixel is decoded and the
 * model is not run before the first picture: that run would be the third part of a first answer, and the same memory is asked
 * for either way.
 */
export function isStartedAhead(): boolean {
  return process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== 'on-demand';
}
