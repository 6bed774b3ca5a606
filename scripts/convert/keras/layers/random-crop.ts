import { z } from 'zod';
import { cropToProportions } from '../families/crop-picture.ts';
import { resizePicture, sizedShape } from '../families/resize.ts';
import { defineLayer, single } from '../layer.ts';
import { dataFormat } from '../options.ts';

const side = z.number().int().positive();
const config = z
  .object({ height: side, width: side, data_format: dataFormat, keras3: z.boolean().optional() })
  .transform((c) => ({ ...c, size: [c.height, c.width] as const }));

/**
 * Outside training Keras 2 answers the largest middle part that has the proportions, resized; Keras 3.15 does nothing
 * at all, though it tells the layers behind otherwise. Only Keras 3 writes `data_format` into this layer's config.
 */
export const randomCrop = defineLayer<z.output<typeof config>>({
  className: 'RandomCrop',
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
