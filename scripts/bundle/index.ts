export { type Bundle, type BundleOptions, bundle } from './bundle.ts';
export { sizeTable, UNZIPPED_LIMIT } from './sizes.ts';
export { ARCHITECTURES, type Architecture, hostTarget, parseArchitecture } from './target.ts';
