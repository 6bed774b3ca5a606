export { choosePrecision, type PrecisionFigures, type WantedPrecision } from './choose-precision.ts';
export { filePictures, folderPictures } from './folder.ts';
export type { CalibrationPictures } from './subject.ts';
