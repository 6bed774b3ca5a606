export { writeSheet } from './contact-sheet.ts';
export type { Dataset, DatasetOptions, PictureDataset, Skipped, TableDataset } from './dataset.ts';
export { describeDataset, describeInWords } from './describe.ts';
export { isPictureFile } from './folder/scan.ts';
export { writeSamples } from './gnomes/samples.ts';
export { leftOutInWords, leftOutOf, refuseMostGone } from './left-out.ts';
export { datasetHelp, loadDataset } from './load-dataset.ts';
export { checkedPictures, type FoundPictures, findPictures } from './picture-files.ts';
