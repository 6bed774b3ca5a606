import * as z from 'zod';
import { defineLayer, single } from '../layer.ts';
import { dataFormat, pictureSize, withSize } from '../options.ts';
import { cropToProportions } from '../pictures/crop.ts';
import { resizePicture, sizedShape } from '../pictures/resize.ts';

const config = z
  .object({ ...pictureSize, data_format: dataFormat, keras3: z.boolean().optional() })
  .transform(withSize);

/**
 * Keras 3.15 does nothing outside training, though it tells the layers behind otherwise. Only Keras 3 writes
 * `data_format` into this layer's config.
 */
export const randomCrop = defineLayer<z.output<typeof config>>({
  className: 'RandomCrop',
  summary:
    'Outside training the largest middle part that has the proportions, resized, in Keras 2; nothing in Keras 3.',
  config: z.preprocess(withKeras3, config),
  outputShape: (c, inputs) => (c.keras3 ? single(inputs) : sizedShape(single(inputs), c.size, c.data_format)),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    if (c.keras3) return x;
    const part = cropToProportions(graph, x, c.size, c.data_format, Number);
    return resizePicture(graph, part, c.size, { interpolation: 'bilinear', antialias: false, format: c.data_format });
  },
});

function withKeras3(raw: unknown): unknown {
  return typeof raw === 'object' && raw !== null ? { ...raw, keras3: 'data_format' in raw } : raw;
}
