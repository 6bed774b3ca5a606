export {
  claimFolder,
  hasCode,
  isStale,
  makeTemporaryFolder,
  namesIn,
  replaceFile,
  sweepTemporary,
  syncFolder,
  writeDurable,
} from './atomic-files.ts';
export { inTurn } from './in-turn.ts';
export { type LockOwner, takeLock } from './lock.ts';
export { makeFolder } from './make-folder.ts';
export { median } from './median.ts';
export { didYouMean, nearest } from './near.ts';
export { type PackedError, packError, systemCode, unpackError } from './packed-error.ts';
export { memoryOf } from './process-memory.ts';
export { cellNumber, mulberry32, namedStream, type Random, stream } from './random.ts';
export { answerJobs, endProcess, JobThread } from './threads/jobs.ts';
