export { type Bundle, bundle } from './bundle.ts';
export { type BuildCopy, copyBuild } from './copy.ts';
export { type BuildState, inspectBuild, readBundle } from './inspect.ts';
export { buildStamp } from './publish.ts';
export { sizeTable } from './sizes.ts';
export { type Architecture, hostTarget, LAMBDA_ARCHITECTURE } from './target.ts';
