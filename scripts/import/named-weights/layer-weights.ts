export { weightSpecs as layerWeights } from '../../freeze/plan.ts';
