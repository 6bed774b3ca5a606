import { zeroPaddingLayer } from '../families/border-layers.ts';
import { defineLayer } from '../layer.ts';

/** Zeros around each volume. */
export const zeroPadding3d = defineLayer(zeroPaddingLayer('ZeroPadding3D', 3));
