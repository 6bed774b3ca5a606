export { type Bundle, type BundleOptions, bundle } from './bundle.ts';
export { sizeTable, UNZIPPED_LIMIT } from './sizes.ts';
export { ARCHITECTURES, type Architecture, hostTarget, LAMBDA_ARCHITECTURE, parseArchitecture } from './target.ts';
