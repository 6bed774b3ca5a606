import { defineLayer } from '../layer.ts';
import { upSamplingLayer } from '../upsampling.ts';

/** Every step repeated. */
export const upSampling1d = defineLayer(upSamplingLayer('UpSampling1D', 1));
