export { weightSpecs as layerWeights } from '#convert';
