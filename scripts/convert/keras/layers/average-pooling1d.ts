import { poolingLayer } from '../families/pooling.ts';
import { defineLayer } from '../layer.ts';

/** The mean of each window of time over the steps that are inside the sequence. */
export const averagePooling1d = defineLayer(poolingLayer('AveragePooling1D', 1, 'AveragePool'));
