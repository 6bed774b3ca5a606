export { type Bundle, bundle } from './bundle.ts';
export { sizeTable } from './sizes.ts';
export { hostTarget, LAMBDA_ARCHITECTURE } from './target.ts';
