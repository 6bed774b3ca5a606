import { upSamplingLayer } from '../families/upsampling.ts';
import { defineLayer } from '../layer.ts';

/** Every cell of a volume repeated along each axis. */
export const upSampling3d = defineLayer(upSamplingLayer('UpSampling3D', 3));
