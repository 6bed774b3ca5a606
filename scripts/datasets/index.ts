export * from './dataset.ts';
export { type Sample, writeSamples } from './gnomes/samples.ts';
export { DATASET_KINDS } from './kinds.ts';
export { datasetHelp, loadDataset } from './load-dataset.ts';
