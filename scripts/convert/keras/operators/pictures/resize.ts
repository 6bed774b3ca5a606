import { type DataFormat, fixed, type GraphBuilder, INTERPOLATIONS, type Interpolation, type Value } from '#onnx';
import { cropToProportions, padToProportions } from '../../pictures/crop.ts';
import { resizePicture, roundedTo, type Size } from '../../pictures/resize.ts';
import { badCall, cast, integers, numberIn, type Operands, type OperatorDefinition, tensorOf } from '../operator.ts';

/** The largest size within the one that is asked for that has the picture's proportions, rounded as TensorFlow does. */
function inProportion(x: Value, size: readonly number[]): Size {
  const own = [fixed(x.shape, 1), fixed(x.shape, 2)];
  const scale = Math.min(...own.map((side, i) => Math.fround((size[i] as number) / side)));
  return own.map((side) => Math.round(Math.fround(scale * side))) as unknown as Size;
}

/** One picture of Keras 3's and TensorFlow's `resize`. */
function resized(graph: GraphBuilder, x: Value, to: Size, format: DataFormat, operands: Operands): Value {
  const interpolation = String(operands.interpolation ?? 'bilinear') as Interpolation;
  if (!INTERPOLATIONS.includes(interpolation)) {
    throw badCall(INTERPOLATIONS.join(', '), 'the interpolation of Resize', interpolation);
  }
  return resizePicture(graph, x, to, { interpolation, antialias: operands.antialias === true, format });
}

function pictureOf(graph: GraphBuilder, operands: Operands): { x: Value; size: readonly number[] } {
  const x = tensorOf(graph, operands.images, 'the picture of Resize');
  if (x.shape.length !== 4) throw badCall('[batch, height, width, channels]', 'the picture of Resize', x.shape);
  const size = integers(operands.size, 'the size of Resize');
  if (size.length !== 2) throw badCall('[height, width]', 'the size of Resize', size);
  return { x, size };
}

/** Functions on pictures, [batch, height, width, channels]. */
export const PICTURES: readonly OperatorDefinition[] = [
  {
    keras: ['Resize'],
    tensorflow: [],
    parameters: [
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
    emit: (graph, operands) => {
      const { x, size } = pictureOf(graph, operands);
      const to = size as unknown as Size;
      const format: DataFormat = operands.data_format === 'channels_first' ? 'channels_first' : 'channels_last';
      const fill = numberIn(operands.fill_value, 'the fill value of Resize', 0);
      const shaped =
        operands.crop_to_aspect_ratio === true
          ? cropToProportions(graph, x, to, format, Math.fround)
          : operands.pad_to_aspect_ratio === true
            ? padToProportions(graph, x, to, format, fill)
            : x;
      // Whole numbers are rounded back to whole numbers.
      return roundedTo(graph, x.datatype, resized(graph, shaped, to, format, operands));
    },
  },
  {
    keras: [],
    tensorflow: ['image.resize'],
    parameters: ['images|image', 'size', 'interpolation|method', 'preserve_aspect_ratio', 'antialias'],
    emit: (graph, operands) => {
      const { x, size } = pictureOf(graph, operands);
      const to = operands.preserve_aspect_ratio === true ? inProportion(x, size) : (size as unknown as Size);
      const picture = operands.interpolation === 'nearest' ? x : cast(graph, x, 'float32');
      return resized(graph, picture, to, 'channels_last', operands);
    },
  },
];
