export { writeSheet } from './contact-sheet.ts';
export * from './dataset.ts';
export { describeDataset, describeInWords } from './describe.ts';
export { type Sample, writeSamples } from './gnomes/samples.ts';
export { DATASET_KINDS } from './kinds.ts';
export { datasetHelp, loadDataset } from './load-dataset.ts';
