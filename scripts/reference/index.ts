export { compare, type Difference } from './compare.ts';
export type { ReferenceTensor } from './reference-tensor.ts';
export { evaluateGraph, GRAPH_EVALUATOR } from './tensorflow/evaluate-graph.ts';
export { referenceInputs, TOLERANCE, type Verification, verifyFrozen } from './verify.ts';
