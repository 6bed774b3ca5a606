export { datasetExamples, isKnownDataset } from './dataset-examples.ts';
export { type Evaluation, evaluate, labelsOf } from './evaluate.ts';
export { listExamples } from './examples.ts';
export { scoreAnswers } from './scores.ts';
