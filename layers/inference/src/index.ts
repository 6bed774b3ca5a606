import './messages.ts';

export * from './answer.ts';
export * from './classifier.ts';
export * from './datatype.ts';
export * from './engine.ts';
export * from './errors.ts';
export { heatmapAbsent, heatmapOutput } from './heatmap/grid.ts';
export * from './infer.ts';
export * from './load-classifier.ts';
export * from './manifest.ts';
export * from './native.ts';
export * from './picture.ts';
export * from './picture-format.ts';
export * from './problem.ts';
export * from './processor/cpu.ts';
