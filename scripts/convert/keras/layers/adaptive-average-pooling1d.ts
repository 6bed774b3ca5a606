import { adaptivePoolingLayer } from '../families/adaptive-pooling.ts';
import { defineLayer } from '../layer.ts';

/** Pools sequences to a given size, by the mean. */
export const adaptiveAveragePooling1d = defineLayer(adaptivePoolingLayer('AdaptiveAveragePooling1D', 1, 'AveragePool'));
