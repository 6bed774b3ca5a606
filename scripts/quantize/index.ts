export {
  type ChosenPrecision,
  choosePrecision,
  type PrecisionFigures,
  type WantedPrecision,
} from './choose-precision.ts';
export { folderPictures, sampleOf } from './folder.ts';
export type { CalibrationPictures } from './subject.ts';
