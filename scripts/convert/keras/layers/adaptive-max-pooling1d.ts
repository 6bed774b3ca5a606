import { adaptivePoolingLayer } from '../families/adaptive-pooling.ts';
import { defineLayer } from '../layer.ts';

/** Pools sequences to a given size, by the largest value. */
export const adaptiveMaxPooling1d = defineLayer(adaptivePoolingLayer('AdaptiveMaxPooling1D', 1, 'MaxPool'));
