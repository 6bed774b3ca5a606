import { adaptivePoolingLayer } from '../families/adaptive-pooling.ts';
import { defineLayer } from '../layer.ts';

/** Pools pictures to a given size, by the largest value. */
export const adaptiveMaxPooling2d = defineLayer(adaptivePoolingLayer('AdaptiveMaxPooling2D', 2, 'MaxPool'));
