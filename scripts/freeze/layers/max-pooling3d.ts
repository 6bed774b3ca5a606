import { defineLayer } from '../layer.ts';
import { poolingLayer } from '../pooling.ts';

/** The largest value of each window of a volume. */
export const maxPooling3d = defineLayer(poolingLayer('MaxPooling3D', 3, 'MaxPool'));
