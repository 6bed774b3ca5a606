export { askAws } from './aws-failure.ts';
export { type BatchInput, type BatchState, parseS3Url, readBatch, startBatch } from './batch-run.ts';
export { type BatchSummary, summarize } from './batch-summary.ts';
export { DeadLetters } from './dead-letters.ts';
export { stackName, stackOutput } from './stack-outputs.ts';
