export { ARCHITECTURES, findArchitecture } from './architectures/index.ts';
export { BACKEND_NAMES, openBackend, type Trainer } from './backends/index.ts';
export { type BatchSource, type Samples, shuffledBatches } from './batches/batches.ts';
export { DEFAULT_SAMPLES, type FreezeReport, freezeTrained } from './freeze-trained.ts';
export { describeTraining, freezeText, trainingProgress } from './report.ts';
export { checkResumable, type TrainReport, trainDataset } from './train-dataset.ts';
export { readTrainedModel, type TrainingRecord } from './trained-model.ts';
export { trainingEffort, tryTraining } from './try-training.ts';
