import { type DataFormat, fixed, INTERPOLATIONS, type Interpolation, type Value } from '#onnx';
import { cropToProportions, padToProportions } from '../../pictures/crop.ts';
import { resizePicture, roundedTo, type Size } from '../../pictures/resize.ts';
import { badCall, integers, numberIn, type Operands, tensorOf } from '../operand.ts';
import { type OperatorDefinition, operator } from '../operator.ts';
import type { Tensors } from '../tensors.ts';

/** The largest size within the one that is asked for that has the picture's proportions, rounded as TensorFlow does. */
function inProportion(x: Value, size: readonly number[]): Size {
  const own = [fixed(x.shape, 1), fixed(x.shape, 2)];
  const scale = Math.min(...own.map((side, i) => Math.fround((size[i] as number) / side)));
  return own.map((side) => Math.round(Math.fround(scale * side))) as unknown as Size;
}

/** One picture of Keras 3's and TensorFlow's `resize`. */
function resized(to: Tensors, x: Value, sides: Size, format: DataFormat, operands: Operands): Value {
  const interpolation = String(operands.interpolation ?? 'bilinear') as Interpolation;
  if (!INTERPOLATIONS.includes(interpolation)) {
    throw badCall(INTERPOLATIONS.join(', '), 'the interpolation of Resize', interpolation);
  }
  return resizePicture(to.graph, x, sides, { interpolation, antialias: operands.antialias === true, format });
}

function pictureOf(to: Tensors, operands: Operands): { x: Value; size: readonly number[] } {
  const x = tensorOf(to.graph, operands.images, 'the picture of Resize');
  if (x.shape.length !== 4) throw badCall('[batch, height, width, channels]', 'the picture of Resize', x.shape);
  const size = integers(operands.size, 'the size of Resize');
  if (size.length !== 2) throw badCall('[height, width]', 'the size of Resize', size);
  return { x, size };
}

/** Functions on pictures, [batch, height, width, channels]. */
export const PICTURES: readonly OperatorDefinition[] = [
  operator(
    ['Resize'],
    [],
    [
      'images|image',
      'size',
      'interpolation',
      'antialias',
      'crop_to_aspect_ratio',
      'pad_to_aspect_ratio',
      'fill_mode',
      'fill_value',
      'data_format',
    ],
    (to, operands) => {
      const { x, size } = pictureOf(to, operands);
      const sides = size as unknown as Size;
      const format: DataFormat = operands.data_format === 'channels_first' ? 'channels_first' : 'channels_last';
      const fill = numberIn(operands.fill_value, 'the fill value of Resize', 0);
      const shaped =
        operands.crop_to_aspect_ratio === true
          ? cropToProportions(to.graph, x, sides, format, Math.fround)
          : operands.pad_to_aspect_ratio === true
            ? padToProportions(to.graph, x, sides, format, fill)
            : x;
      // Whole numbers are rounded back to whole numbers.
      return roundedTo(to.graph, x.datatype, resized(to, shaped, sides, format, operands));
    },
  ),
  operator(
    [],
    ['image.resize'],
    ['images|image', 'size', 'interpolation|method', 'preserve_aspect_ratio', 'antialias'],
    (to, operands) => {
      const { x, size } = pictureOf(to, operands);
      const sides = operands.preserve_aspect_ratio === true ? inProportion(x, size) : (size as unknown as Size);
      const picture = operands.interpolation === 'nearest' ? x : to.cast(x, 'float32');
      return resized(to, picture, sides, 'channels_last', operands);
    },
  ),
];
