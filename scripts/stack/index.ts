export {
  type BatchInput,
  type BatchState,
  type BatchSummary,
  parseS3Url,
  readBatch,
  startBatch,
  summarize,
} from './batch.ts';
export { clientOptions } from './client-options.ts';
export { DeadLetters } from './dead-letters.ts';
export { findServerless, runServerless, type StackOptions, serverlessLine } from './serverless.ts';
export { serviceName } from './service.ts';
export { readSettings, type StackSettings, sentences } from './settings.ts';
export { askAws, readStack, stackName, stackOutput } from './stack.ts';
