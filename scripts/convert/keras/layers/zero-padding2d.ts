import { zeroPaddingLayer } from '../families/border-layers.ts';
import { defineLayer } from '../layer.ts';

/** Zeros around each picture. */
export const zeroPadding2d = defineLayer(zeroPaddingLayer('ZeroPadding2D', 2));
