export { wholeAboveZero, wholeNumber } from './numbers.ts';
export { type Progress, startProgress } from './progress.ts';
export { printable, reportFailure, reportResult } from './report.ts';
export { describeSystemFailure } from './system-failure.ts';
export { formatAmount, formatBytes, formatShare, formatTable } from './table.ts';
