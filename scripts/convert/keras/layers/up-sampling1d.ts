import { upSamplingLayer } from '../families/upsampling.ts';
import { defineLayer } from '../layer.ts';

/** Every step repeated. */
export const upSampling1d = defineLayer(upSamplingLayer('UpSampling1D', 1));
