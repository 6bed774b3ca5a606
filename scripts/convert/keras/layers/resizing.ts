import * as z from 'zod';
import { defineLayer, single } from '../layer.ts';
import { dataFormat, flag, interpolation, number, pictureSize, withSize } from '../options.ts';
import { cropToProportions, padToProportions } from '../pictures/crop.ts';
import { resizePicture, roundedTo, sizedShape } from '../pictures/resize.ts';

const config = z
  .object({
    ...pictureSize,
    interpolation: interpolation('bilinear'),
    crop_to_aspect_ratio: flag(false),
    pad_to_aspect_ratio: flag(false),
    fill_mode: z.literal('constant').default('constant'),
    fill_value: number.default(0),
    antialias: flag(false),
    data_format: dataFormat,
  })
  .transform(withSize);

type Config = z.output<typeof config>;

export const resizing = defineLayer<Config>({
  className: 'Resizing',
  summary: 'Pictures in another size. Whole numbers are rounded back to whole numbers, as in Keras.',
  keeps: () => 'range',
  config,
  integers: true,
  outputShape: (c, inputs) => sizedShape(single(inputs), c.size, c.data_format),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const options = { interpolation: c.interpolation, antialias: c.antialias, format: c.data_format };
    const shaped = c.crop_to_aspect_ratio
      ? cropToProportions(graph, x, c.size, c.data_format, Math.fround)
      : c.pad_to_aspect_ratio
        ? padToProportions(graph, x, c.size, c.data_format, c.fill_value)
        : x;
    return roundedTo(graph, x.datatype, resizePicture(graph, shaped, c.size, options));
  },
});
