export type {
  ImportedGraphModel,
  ImportedKerasModel,
  ImportedLiteModel,
  ImportedModel,
  ImportedOnnxModel,
  PictureHints,
} from './format-reader.ts';
export { loadLabels } from './labels.ts';
export { type ReadAll, readAll } from './read-model.ts';
export type { Scaler } from './tables/scalers.ts';
export { featuresOf, type Table, type TableFiles, type TableNames, valuesOf } from './tables/table.ts';
