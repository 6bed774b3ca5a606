export { type Reliability, reliability } from './calibration.ts';
export { type Constant, type ConstantNumber, compareClasses, compareNumbers, isAhead } from './constant.ts';
export { datasetExamples, isKnownDataset, splitPictures } from './dataset-examples.ts';
export { doubts } from './doubts.ts';
export { type Answer, type Evaluation, evaluate, labelsOf, type ModelFolder } from './evaluate.ts';
export { type Examples, listExamples } from './examples.ts';
export { type Accuracy, accuracyOf } from './interval.ts';
export { type LearningPoint, learningSentence } from './learning.ts';
export { type Cost, type Performance, type Spread, timeWarm } from './performance/cost.ts';
export { type CostJob, CostMeters } from './performance/measure-cost.ts';
export { errorScores, type Scores, score, scoreAnswers, type TestScore } from './scores.ts';
export {
  evaluateTable,
  type LabelEvaluation,
  type RowAnswer,
  type RowLabel,
  type RowValue,
  type TableEvaluation,
  type ValueEvaluation,
} from './tables/evaluate-table.ts';
export { takesTables } from './tables/table-columns.ts';
