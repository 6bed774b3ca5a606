import { globalPoolingLayer } from '../families/pooling.ts';
import { defineLayer } from '../layer.ts';

/** The mean of each channel over depth, height and width. */
export const globalAveragePooling3d = defineLayer(globalPoolingLayer('GlobalAveragePooling3D', 'ReduceMean'));
