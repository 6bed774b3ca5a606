import { zeroPaddingLayer } from '../families/border-layers.ts';
import { defineLayer } from '../layer.ts';

/** Zeros before and behind each sequence. */
export const zeroPadding1d = defineLayer(zeroPaddingLayer('ZeroPadding1D', 1));
