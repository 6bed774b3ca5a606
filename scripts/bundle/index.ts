export { type Bundle, bundle } from './bundle.ts';
export { type BuildCopy, copyBuild } from './copy.ts';
export { sizeTable } from './sizes.ts';
export { hostTarget, LAMBDA_ARCHITECTURE } from './target.ts';
