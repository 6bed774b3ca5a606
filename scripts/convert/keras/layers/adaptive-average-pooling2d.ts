import { adaptivePoolingLayer } from '../families/adaptive-pooling.ts';
import { defineLayer } from '../layer.ts';

/** Pools pictures to a given size, by the mean. */
export const adaptiveAveragePooling2d = defineLayer(adaptivePoolingLayer('AdaptiveAveragePooling2D', 2, 'AveragePool'));
