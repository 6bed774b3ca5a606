import { defineLayer } from '../layer.ts';
import { globalPoolingLayer } from '../pooling.ts';

/** The mean of each channel over depth, height and width. */
export const globalAveragePooling3d = defineLayer(globalPoolingLayer('GlobalAveragePooling3D', 'ReduceMean'));
