import { globalPoolingLayer } from '../families/pooling.ts';
import { defineLayer } from '../layer.ts';

/** The largest value of each channel over time. */
export const globalMaxPooling1d = defineLayer(globalPoolingLayer('GlobalMaxPooling1D', 'ReduceMax'));
