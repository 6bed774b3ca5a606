import { globalPoolingLayer } from '../families/pooling.ts';
import { defineLayer } from '../layer.ts';

/** The largest value of each channel over depth, height and width. */
export const globalMaxPooling3d = defineLayer(globalPoolingLayer('GlobalMaxPooling3D', 'ReduceMax'));
