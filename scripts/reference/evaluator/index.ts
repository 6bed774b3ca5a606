export { openEvaluator } from './open-evaluator.ts';
export { findRule } from './registry.ts';
