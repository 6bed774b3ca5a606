export { makeBackboneAsset } from './backbones/make-asset.ts';
export { describeTransfer, transferLine } from './describe.ts';
export { type TransferReport, trainTransfer } from './train-transfer.ts';
