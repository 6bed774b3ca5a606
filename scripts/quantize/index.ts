export { filePictures, folderPictures } from './folder.ts';
export { type NumbersWanted, type StoredNumbers, storeNumbers } from './store-numbers.ts';
export type { CalibrationPictures } from './subject.ts';
export { dequantizeRows, joinRows, type QuantizedRows, quantizeRows, ZERO_POINT } from './weights/quantized-rows.ts';
export { storeWeightsSmall } from './weights/small-weights.ts';
