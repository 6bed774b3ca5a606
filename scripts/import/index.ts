export type { PictureChoices } from './choose-input.ts';
export { TASKS, type Task } from './choose-output.ts';
export { type ImportOptions, type ImportReport, importModel } from './import-model.ts';
export { PRECISIONS, type Precision } from './prepared.ts';
export { PREPROCESS_NAMES, type PreprocessName, RECIPES } from './preprocessing.ts';
export { importApart } from './process/import-apart.ts';
