export { makeBackboneAsset } from './backbones/make-asset.ts';
export { describeTransfer, transferLine } from './describe.ts';
export { trainTransfer } from './train-transfer.ts';
