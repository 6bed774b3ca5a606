import { describe, expect, it } from 'vitest';
import { findOperator, OPERATORS } from '../../../../../scripts/convert/keras/operators/index.ts';
import type { KerasModel, LayerConfig } from '../../../../../scripts/keras/model.ts';
import { frozenAnswer, inputLayer } from '../../harness.ts';

const X = [-2, -0.5, 0.25, 3, 1.5, -1];
const input = { shape: [2, 3], data: Float32Array.from(X) };
const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } };

function modelOf(layer: LayerConfig): KerasModel {
  const layers = [inputLayer('x', [3]), layer];
  const config = { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [[layer.name, 0, 0]] };
  return { config: { class_name: 'Functional', config }, weights: new Map() };
}

function keras3(class_name: string, args: unknown[], config: object = {}, module = 'keras.src.ops.numpy'): KerasModel {
  return modelOf({
    class_name,
    module,
    name: 'op',
    config: { name: 'op', ...config },
    inbound_nodes: [{ args, kwargs: {} }],
  });
}

function keras2(fn: string, node: unknown[], class_name = 'TFOpLambda'): KerasModel {
  return modelOf({ class_name, name: 'op', config: { name: 'op', function: fn }, inbound_nodes: [node] });
}

async function answer(model: KerasModel): Promise<{ shape: readonly number[]; data: number[] }> {
  const [found] = await frozenAnswer(model, [input]);
  return { shape: found?.shape ?? [], data: Array.from(found?.data ?? [], Number) };
}

describe('an operator', () => {
  it('takes constants on either side, in both spellings', async () => {
    const wanted = X.map((x) => 2 - x);
    expect((await answer(keras3('Subtract', [2, tensor]))).data).toEqual(wanted);
    const constantFirst = ['_CONSTANT_VALUE', -1, 2.0, { y: ['x', 0, 0], name: null }];
    expect((await answer(keras2('math.subtract', constantFirst))).data).toEqual(wanted);
  });

  it('shares its class name with a layer and is told from it by its module', async () => {
    expect((await answer(keras3('Multiply', [tensor, 3]))).data).toEqual(X.map((x) => 3 * x));
    expect(findOperator({ class_name: 'Multiply', module: 'keras.layers', config: {} })).toBeUndefined();
    expect(findOperator({ class_name: 'Multiply', config: {} })).toBeUndefined();
  });

  it('reads options from the config where Keras 3 writes them, from the call where TensorFlow does', async () => {
    const sums = { shape: [2, 1], data: [-2.25, 3.5] };
    expect(await answer(keras3('Sum', [tensor], { axis: -1, keepdims: true }))).toEqual(sums);
    expect(await answer(keras2('math.reduce_sum', ['x', 0, 0, { axis: 1, keepdims: true }]))).toEqual(sums);
  });

  it('takes parts as Python does', async () => {
    const slice = (start: number | null, stop: number | null, step: number | null) => ({
      class_name: '__slice__',
      config: { start, stop, step },
    });
    const backwards = await answer(keras3('GetItem', [tensor, [slice(null, null, null), slice(null, null, -1)]]));
    expect(backwards.data).toEqual([0.25, -0.5, -2, -1, 1.5, 3]);
    const spec = [{ start: null, stop: null, step: null }, -1];
    const node = ['x', 0, 0, { slice_spec: spec }];
    const last = await answer(keras2('__operators__.getitem', node, 'SlicingOpLambda'));
    expect(last).toEqual({ shape: [2], data: [0.25, -1] });
  });

  it('takes NumPy arrays that Keras 3 boxed', async () => {
    const box = { class_name: '__numpy__', config: { value: [1, 10, 100], dtype: 'float32' } };
    expect((await answer(keras3('Multiply', [tensor, box]))).data).toEqual([-2, -5, 25, 3, 15, -100]);
  });

  it.each([
    ['an operator that is not known', keras3('Fft', [tensor])],
    ['a function that is not known', keras2('signal.stft', ['x', 0, 0, {}])],
    ['an argument that is not known', keras2('math.reduce_sum', ['x', 0, 0, { axis: 1, strange: 3 }])],
    ['a place that is no constant', keras3('GetItem', [tensor, tensor])],
    ['an option that is not known', keras3('Sum', [tensor], { axis: 1, twist: 3 })],
    ['a function with code in it', keras3('Map', [tensor], {}, 'keras.src.ops.core')],
    ['a function that answers at random', keras2('random.normal', ['x', 0, 0, {}])],
    ['a dropout that is on', keras2('nn.dropout', ['x', 0, 0, { rate: 0.5 }])],
    ['a method that Keras forgets', keras3('Quantile', [tensor, 0.5], { axis: 1, method: 'lower', keepdims: false })],
    ['a half turn, which each backend does in its own way', keras3('Rot90', [tensor], { k: 2, axes: [0, 1] })],
    ['places that are random', keras3('OneHot', [tensor], { num_classes: 'six' }, 'keras.src.ops.nn')],
    ['an einsum without its tensors', keras2('einsum', ['_CONSTANT_VALUE', -1, 'bi,bi->b', {}])],
    ['text for an axis', keras3('Sum', [tensor], { axis: 'last' })],
    ['an axis that is not there', keras3('Sum', [tensor], { axis: 7 })],
  ])('is refused for %s', async (_, model) => {
    await expect(answer(model)).rejects.toThrow(expect.objectContaining({ code: 'unsupported-layer' }));
  });

  it('says why it is refused', async () => {
    const refused = (model: KerasModel) => answer(model).then(() => '', String);
    expect(await refused(keras3('WhileLoop', [tensor], {}, 'keras.src.ops.core'))).toMatch(/holds Python code/);
    expect(await refused(keras3('STFT', [tensor], {}, 'keras.src.ops.math'))).toMatch(/nobody has written it/);
    expect(await refused(keras2('map_fn', ['x', 0, 0, {}]))).toMatch(/map_fn.*holds Python code/);
    expect(await refused(keras2('linalg.svd', ['x', 0, 0, {}]))).toMatch(/linalg\.svd of TensorFlow is not known/);
  });

  it('keeps what a TFOpLambda says of its own type out of the function', async () => {
    const model = keras2('zeros_like', ['x', 0, 0, {}]);
    const [layer] = (model.config.config.layers as LayerConfig[]).slice(-1);
    Object.assign(layer?.config ?? {}, { dtype: 'int32', trainable: true });
    expect((await answer(model)).data).toEqual(X.map(() => 0));
  });

  it('has a name of its own in each Keras', () => {
    for (const names of [OPERATORS.flatMap(({ keras }) => keras), OPERATORS.flatMap(({ tensorflow }) => tensorflow)]) {
      expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    }
  });
});
