import { poolingLayer } from '../families/pooling.ts';
import { defineLayer } from '../layer.ts';

/** The largest value of each window of time. */
export const maxPooling1d = defineLayer(poolingLayer('MaxPooling1D', 1, 'MaxPool'));
