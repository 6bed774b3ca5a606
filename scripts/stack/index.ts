export {
  type BatchInput,
  type BatchState,
  type BatchSummary,
  parseS3Url,
  readBatch,
  startBatch,
  summarize,
} from './batch.ts';
export { DeadLetters } from './dead-letters.ts';
export { askAws, stackName, stackOutput } from './stack.ts';
