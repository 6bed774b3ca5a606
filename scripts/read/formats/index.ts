import type { FormatReader } from '../format-reader.ts';
import { configAndWeightsReader } from './config-and-weights/reader.ts';
import { keras2Reader } from './keras-2/reader.ts';
import { keras3Reader } from './keras-3/reader.ts';
import { hdf5ModelReader } from './keras-hdf5/reader.ts';
import { onnxReader } from './onnx/reader.ts';
import { pickleReader } from './pickle/reader.ts';
import { teachableMachineReader } from './teachable-machine/reader.ts';
import { tfjsGraphReader } from './tfjs-graph/reader.ts';
import { tfjsLayersReader } from './tfjs-layers/reader.ts';
import { tfliteReader } from './tflite/reader.ts';

/**
 * Every format, in the order in which they are asked. Teachable Machine comes first: its exports are Keras or TensorFlow.js
 * files too, and only as its own do they bring labels and preprocessing.
 */
export const FORMATS: readonly FormatReader[] = [
  teachableMachineReader,
  keras3Reader,
  keras2Reader,
  hdf5ModelReader,
  configAndWeightsReader,
  tfjsLayersReader,
  tfjsGraphReader,
  tfliteReader,
  pickleReader,
  onnxReader,
];
