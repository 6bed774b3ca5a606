import * as z from 'zod';
import { defineLayer, single } from '../layer.ts';
import { dataFormat, pictureSize, withSize } from '../options.ts';
import { cropMiddle, cropMiddleOfAny, cropToProportions } from '../pictures/crop.ts';
import { pictureAxes, resizePicture, sizedShape } from '../pictures/resize.ts';

const config = z.object({ ...pictureSize, data_format: dataFormat }).transform(withSize);

export const centerCrop = defineLayer<z.output<typeof config>>({
  className: 'CenterCrop',
  summary: 'The middle of each picture. Of a picture with a side that is too short: the largest middle part, resized.',
  keeps: () => 'range',
  config,
  outputShape: (c, inputs) => sizedShape(single(inputs), c.size, c.data_format),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const sides = pictureAxes(c.data_format).map((axis) => x.shape[axis] ?? null);
    if (sides.includes(null)) return cropMiddleOfAny(graph, x, c.size, c.data_format);
    if (sides.every((length, i) => (length as number) >= (c.size[i] as number))) {
      return cropMiddle(graph, x, c.size, c.data_format);
    }
    const part = cropToProportions(graph, x, c.size, c.data_format, Number);
    return resizePicture(graph, part, c.size, { interpolation: 'bilinear', antialias: false, format: c.data_format });
  },
});
