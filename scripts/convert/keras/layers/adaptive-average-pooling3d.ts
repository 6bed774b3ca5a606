import { adaptivePoolingLayer } from '../families/adaptive-pooling.ts';
import { defineLayer } from '../layer.ts';

/** Pools volumes to a given size, by the mean. */
export const adaptiveAveragePooling3d = defineLayer(adaptivePoolingLayer('AdaptiveAveragePooling3D', 3, 'AveragePool'));
