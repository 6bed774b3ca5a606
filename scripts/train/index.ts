export { ARCHITECTURES } from './architectures/index.ts';
export { largeCnn } from './architectures/large-cnn.ts';
export { BACKEND_NAMES, openBackend, type Trainer } from './backends/index.ts';
export { onnxBackend } from './backends/onnx.ts';
export { type BatchSource, type Samples, shuffledBatches } from './batches/batches.ts';
export { fromCells, toCells } from './convolutions/cells.ts';
export {
  biasGradient,
  convolutionSizes,
  depthwiseKernelGradient,
  inputGradient,
  kernelGradient,
} from './convolutions/convolution.ts';
export { gradientsOfImage, gradientsOfRows, trainedConvolution } from './convolutions/trained-convolution.ts';
export { DEFAULT_SAMPLES, type FreezeReport, freezeTrained } from './freeze-trained.ts';
export { indicator, softmaxGradient, whereBetween, wherePositive } from './gradients/elementwise.ts';
export { averagePoolGradient, globalPoolBack, maxPoolForward, maxPoolGradient } from './gradients/pooling.ts';
export { describeTraining, freezeText, trainingProgress } from './report.ts';
export { trainDataset } from './train-dataset.ts';
export { readTrainedModel, type TrainingRecord } from './trained-model.ts';
