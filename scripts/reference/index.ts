export { compare, type Difference, type Wanted } from './compare.ts';
export { checkStored, STORED_EVALUATOR, type StoredDifference, type StoredValues } from './int8/check-stored.ts';
export type { ReferenceTensor } from './reference-tensor.ts';
export { evaluateGraph, GRAPH_EVALUATOR } from './tensorflow/evaluate-graph.ts';
export { checkLite, LITE_EVALUATOR, type LiteDifference, type LiteValues } from './tflite/check-lite.ts';
export { ROUNDING_TOLERANCE, referenceInputs, TOLERANCE, type Verification, verifyFrozen } from './verify.ts';
