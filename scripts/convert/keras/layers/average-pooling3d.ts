import { poolingLayer } from '../families/pooling.ts';
import { defineLayer } from '../layer.ts';

/** The mean of each window of a volume over the cells that are inside it. */
export const averagePooling3d = defineLayer(poolingLayer('AveragePooling3D', 3, 'AveragePool'));
