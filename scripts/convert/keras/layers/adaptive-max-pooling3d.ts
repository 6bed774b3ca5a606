import { adaptivePoolingLayer } from '../families/adaptive-pooling.ts';
import { defineLayer } from '../layer.ts';

/** Pools volumes to a given size, by the largest value. */
export const adaptiveMaxPooling3d = defineLayer(adaptivePoolingLayer('AdaptiveMaxPooling3D', 3, 'MaxPool'));
