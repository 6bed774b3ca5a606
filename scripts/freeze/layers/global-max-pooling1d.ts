import { defineLayer } from '../layer.ts';
import { globalPoolingLayer } from '../pooling.ts';

/** The largest value of each channel over time. */
export const globalMaxPooling1d = defineLayer(globalPoolingLayer('GlobalMaxPooling1D', 'ReduceMax'));
