import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../../scripts/reference/evaluator/index.ts';

/** A Keras 2 model of one function of TensorFlow on `x` [2, 3], with `y` of the same shape beside it. */
async function answerTo(name: string, keywords: Record<string, unknown>, tensors: readonly string[] = ['x']) {
  const input = (id: string) => ({
    class_name: 'InputLayer',
    name: id,
    config: { name: id, batch_input_shape: [null, 3], dtype: 'float32' },
    inbound_nodes: [],
  });
  const node = tensors.map((id) => (id.includes('->') ? ['_CONSTANT_VALUE', -1, id, keywords] : [id, 0, 0, keywords]));
  const layer = {
    class_name: name.includes('getitem') ? 'SlicingOpLambda' : 'TFOpLambda',
    name: 'f',
    config: { name: 'f', function: name },
    inbound_nodes: tensors.length === 1 ? node : [node],
  };
  const model = {
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [input('x'), input('y'), layer],
      input_layers: [
        ['x', 0, 0],
        ['y', 0, 0],
      ],
      output_layers: [['f', 0, 0]],
    },
  };
  const inputs = [
    [1, -2, 3, 0, 5, -6],
    [2, 2, 2, 4, 4, 4],
  ].map((data) => ({ shape: [2, 3], data: Float32Array.from(data) }));
  const [answer] = await evaluate({ config: model, weights: new Map() }, inputs);
  return { shape: answer?.shape, data: Array.from(answer?.data ?? []) };
}

const y = ['y', 0, 0];

describe('a function of TensorFlow in a Keras 2 model', () => {
  it.each([
    ['math.add', { y: 2, name: null }, [2, 3], [3, 0, 5, 2, 7, -4]],
    ['__operators__.add', { y }, [2, 3], [3, 0, 5, 4, 9, -2]],
    ['math.multiply', { y }, [2, 3], [2, -4, 6, 0, 20, -24]],
    ['math.truediv', { y: 2 }, [2, 3], [0.5, -1, 1.5, 0, 2.5, -3]],
    ['math.floordiv', { y: 2 }, [2, 3], [0, -1, 1, 0, 2, -3]],
    ['math.reduce_mean', { axis: -1, keepdims: true }, [2, 1], [2 / 3, -1 / 3].map(Math.fround)],
    ['keras.backend.sum', { axis: 1, keepdims: false }, [2], [2, -1]],
    ['nn.relu', {}, [2, 3], [1, 0, 3, 0, 5, 0]],
    ['nn.leaky_relu', { alpha: 0.5 }, [2, 3], [1, -1, 3, 0, 5, -3]],
    ['keras.activations.hard_sigmoid', {}, [2, 3], [0.7, 0.1, 1, 0.5, 1, 0].map(Math.fround)],
    ['clip_by_value', { clip_value_min: -1, clip_value_max: 2 }, [2, 3], [1, -1, 2, 0, 2, -1]],
    ['reshape', { shape: [-1, 3, 1] }, [2, 3, 1], [1, -2, 3, 0, 5, -6]],
    ['transpose', { perm: [1, 0] }, [3, 2], [1, 0, -2, 5, 3, -6]],
    ['expand_dims', { axis: 1 }, [2, 1, 3], [1, -2, 3, 0, 5, -6]],
    ['linalg.matmul', { b: y, transpose_b: true }, [2, 2], [4, 8, -2, -4]],
    ['math.greater', { y: 0 }, [2, 3], [1, 0, 1, 0, 1, 0]],
    ['split', { num_or_size_splits: [1, 2], axis: 1 }, [2, 1], [1, 0]],
    [
      'pad',
      {
        paddings: [
          [0, 0],
          [1, 0],
        ],
        mode: 'CONSTANT',
        constant_values: 9,
      },
      [2, 4],
      [9, 1, -2, 3, 9, 0, 5, -6],
    ],
    ['__operators__.getitem', { slice_spec: [{ start: null, stop: null, step: null }, 1] }, [2], [-2, 5]],
  ])('%s', async (name, keywords, shape, data) => {
    expect(await answerTo(name, keywords)).toEqual({ shape, data });
  });

  it('takes lists of tensors, and constants among them', async () => {
    expect(await answerTo('concat', { axis: -1 }, ['x', 'y'])).toMatchObject({ shape: [2, 6] });
    expect(await answerTo('einsum', {}, ['ij,ij->i', 'x', 'y'])).toEqual({ shape: [2], data: [4, -4] });
  });

  it('refuses a function that it does not know, and an argument', async () => {
    await expect(answerTo('io.read_file', {})).rejects.toMatchObject({ code: 'reference-unsupported' });
    await expect(answerTo('math.add', { y: 1, twist: 3 })).rejects.toThrow(/twist/);
  });
});
