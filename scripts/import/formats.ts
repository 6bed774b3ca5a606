import type { FormatReader } from './format-reader.ts';
import { onnxReader } from './onnx/onnx-reader.ts';

/**
 * Every format, in the order in which they are asked. Teachable Machine comes first: its exports are Keras or TensorFlow.js
 * files too, and only as its own do they bring labels and preprocessing.
 */
export const FORMATS: readonly FormatReader[] = [onnxReader];
