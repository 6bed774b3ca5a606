export { evaluate } from './evaluate.ts';
export { declaredInputs } from './walker.ts';
