import type { DataFormat } from '#onnx';
import { INTERPOLATIONS, type Interpolation } from '#onnx';
import { cropToProportions, padToProportions } from '../pictures/crop.ts';
import { resizePicture } from '../pictures/resize.ts';
import { badCall, cast, integers, numberIn, type OperatorDefinition, tensorOf } from './operator.ts';

/** Functions on pictures, [batch, height, width, channels]. */
export const PICTURES = [
  {
    keras: ['Resize'],
    tensorflow: ['image.resize'],
    parameters: [
      'images|image',
      'size',
      'interpolation|method',
      'antialias',
      'crop_to_aspect_ratio|preserve_aspect_ratio',
      'pad_to_aspect_ratio',
      'fill_mode',
      'fill_value',
      'data_format',
    ],
    emit: (graph, operands) => {
      const x = cast(graph, tensorOf(graph, operands.images, 'the picture of Resize'), 'float32');
      if (x.shape.length !== 4) throw badCall('[batch, height, width, channels]', 'the picture of Resize', x.shape);
      const size = integers(operands.size, 'the size of Resize');
      if (size.length !== 2) throw badCall('[height, width]', 'the size of Resize', size);
      const interpolation = String(operands.interpolation ?? 'bilinear') as Interpolation;
      if (!INTERPOLATIONS.includes(interpolation)) {
        throw badCall(INTERPOLATIONS.join(', '), 'the interpolation of Resize', interpolation);
      }
      const to = size as unknown as readonly [number, number];
      const format: DataFormat = operands.data_format === 'channels_first' ? 'channels_first' : 'channels_last';
      const fill = numberIn(operands.fill_value, 'the fill value of Resize', 0);
      const shaped =
        operands.crop_to_aspect_ratio === true
          ? cropToProportions(graph, x, to, format, Math.fround)
          : operands.pad_to_aspect_ratio === true
            ? padToProportions(graph, x, to, format, fill)
            : x;
      return resizePicture(graph, shaped, to, { interpolation, antialias: operands.antialias === true, format });
    },
  },
] as const satisfies readonly OperatorDefinition[];
