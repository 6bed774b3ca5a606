import * as z from 'zod';
import { defineLayer, keptInKeras3, ofItsTime, single, type Written } from '../layer.ts';

/** `carries`: it stands for a mask that a model is called with, which its input carries from there on in any Keras. */
const config = z.object({ carries: z.literal('mask').optional() });
type Config = z.output<typeof config> & Written;

export const identity = defineLayer<Config>({
  className: 'Identity',
  summary: 'Passes on what it is given.',
  keeps: () => 'numbers',
  ...ofItsTime(config),
  integers: true,
  mask: (context, c, inputs) => (c.carries ? [inputs[0]?.mask] : keptInKeras3(context, c, inputs)),
  emit: (_context, _config, inputs) => single(inputs),
});
