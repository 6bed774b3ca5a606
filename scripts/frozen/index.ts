export { firstChoice } from './first-choice.ts';
export { manifestInput, manifestOutput } from './manifest.ts';
export {
  type FreezeInput,
  type FreezeOptions,
  type FreezeOutput,
  GRAPH_NAMES,
  numbered,
  type Preprocess,
  rangeOf,
  type Scaled,
} from './options.ts';
export { runInBatches, type Samples } from './run-in-batches.ts';
