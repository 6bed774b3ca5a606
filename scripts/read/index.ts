export { type ImportedGraphModel, isGraphModel } from './formats/tfjs-graph/imported-graph-model.ts';
export {
  type ImportedKerasModel,
  type ImportedModel,
  type ImportedOnnxModel,
  type PictureHints,
  PREPROCESS_NAMES,
  type PreprocessName,
} from './imported-model.ts';
export { loadLabels } from './labels/labels.ts';
export { type ReadAll, type ReadModel, readAll } from './read-model.ts';
export type { Scaler } from './tables/scalers.ts';
export { featuresOf, type Table, type TableFiles, type TableNames, valuesOf } from './tables/table.ts';
