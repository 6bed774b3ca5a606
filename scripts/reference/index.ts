export { compare, type Difference, firstChoice } from './compare.ts';
export { GRAPH_REFERENCE, runGraphReference } from './tensorflow/run-graph-reference.ts';
export type { ReferenceTensor } from './tfjs/layers.ts';
export {
  multiplications,
  referenceInputs,
  runInBatches,
  type Samples,
  TOLERANCE,
  type Verification,
  verifyFrozen,
} from './verify.ts';
