export { type Attributes, datatypeOf, flagOf, numberOf, numbers, textOf } from './attributes.ts';
export {
  type DecodedWeight,
  type Edge,
  type GraphInput,
  type GraphModel,
  type GraphNode,
  isInput,
  readGraph,
} from './graph-model.ts';
