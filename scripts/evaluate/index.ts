export { type Reliability, reliability } from './calibration.ts';
export { type Constant, compareClasses } from './constant.ts';
export { datasetExamples, isKnownDataset } from './dataset-examples.ts';
export { type Answer, type Evaluation, evaluate, labelsOf } from './evaluate.ts';
export { listExamples } from './examples.ts';
export { type Accuracy, accuracyOf } from './interval.ts';
export { type Scores, score, scoreAnswers } from './scores.ts';
export { evaluateTable, type TableEvaluation } from './tables/evaluate-table.ts';
export { takesTables } from './tables/table-columns.ts';
