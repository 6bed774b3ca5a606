export { choosePrecision, type PrecisionFigures } from './choose-precision.ts';
export { folderPictures } from './folder.ts';
export type { CalibrationPictures } from './subject.ts';
