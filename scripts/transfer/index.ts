export { makeBackboneAsset } from './backbones/make-asset.ts';
export { describeTransfer, transferLine } from './describe.ts';
export { pictureHash } from './features/picture-hash.ts';
export { groupDuplicates } from './head/duplicates.ts';
export { type HeldOut, type TransferReport, tryTransfer } from './train-transfer.ts';
