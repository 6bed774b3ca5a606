export { wholeAboveZero, wholeNumber } from './numbers.ts';
export { type Progress, rateSince, startProgress } from './progress.ts';
export {
  asTyped,
  printable,
  printableJson,
  printableLine,
  QUIET_FAILURES,
  reportFailure,
  reportResult,
  say,
} from './report.ts';
export { describeSystemFailure } from './system-failure.ts';
export {
  accuracyWords,
  capitalized,
  countOf,
  formatAccuracy,
  formatAmount,
  formatBytes,
  formatError,
  formatPoints,
  formatShare,
  formatTable,
  shortened,
  verifiedAs,
} from './table.ts';
