import { poolingLayer } from '../families/pooling.ts';
import { defineLayer } from '../layer.ts';

/** The largest value of each window of a volume. */
export const maxPooling3d = defineLayer(poolingLayer('MaxPooling3D', 3, 'MaxPool'));
