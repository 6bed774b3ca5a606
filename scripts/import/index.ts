export { TASKS, type Task } from './choose-output.ts';
export { type ImportOptions, type ImportReport, importModel } from './import-model.ts';
export { RECIPES } from './preprocessing.ts';
export { importApart } from './process/import-apart.ts';
