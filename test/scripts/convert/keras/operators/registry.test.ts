import { describe, expect, it } from 'vitest';
import { OPERATORS, type OperatorDefinition } from '../../../../../scripts/convert/keras/operators/index.ts';
import type { LayerConfig } from '../../../../../scripts/keras/model.ts';
import { evaluate } from '../../../../../scripts/reference/evaluator/index.ts';
import { difference, frozenAnswer, inputLayer, numbers } from '../../harness.ts';
import { KERAS_GRAPHS } from '../../keras-graphs.ts';

/** Names that Keras's own answers hold, as the two Kerases write them. */
function namesIn(layers: readonly LayerConfig[]): string[] {
  return layers.flatMap((layer) => {
    const { class_name, module, config } = layer;
    const inner = Array.isArray(config.layers) ? namesIn(config.layers as LayerConfig[]) : [];
    if (/OpLambda$/.test(class_name)) return [String(config.function).replace(/^compat\.v[12]\./, ''), ...inner];
    return module?.includes('.ops.') ? [class_name, ...inner] : inner;
  });
}

const ANSWERED = new Set(
  Object.values(KERAS_GRAPHS).flatMap((graphs) =>
    graphs.flatMap(({ model }) => namesIn(model.config.layers as LayerConfig[])),
  ),
);

/**
 * Functions that today's Keras writes by what they are made of, so that no file of it holds them; those of older versions do.
 * What is frozen is compared with the plain evaluator: on `x` [2, 3, 4], with the arguments that are given here.
 */
const TAKEN_APART: Readonly<Record<string, object>> = {
  'keras.activations.hard_sigmoid': {},
  'keras.activations.mish': {},
  'keras.activations.exponential': {},
  'nn.batch_normalization': {
    mean: [0.1, 0.2, 0.3, 0.4],
    variance: [1, 2, 0.5, 1],
    offset: null,
    scale: [1, 2, 3, 4],
    variance_epsilon: 0.001,
  },
  'math.unsorted_segment_max': { segment_ids: [1, 0], num_segments: 2 },
  'math.unsorted_segment_min': { segment_ids: [1, 0], num_segments: 2 },
  'math.unsorted_segment_prod': { segment_ids: [1, 0], num_segments: 2 },
  'linalg.matvec': { b: [0.5, -1, 2, 1] },
  'math.real': {},
  'math.imag': {},
  'math.angle': {},
  'math.logical_xor': { y: true },
  'nn.moments': { axes: [1], keepdims: true },
  'keras.backend.batch_dot': { y: ['y', 0, 0] },
  'keras.backend.mean': { axis: -1, keepdims: true },
  'keras.backend.flatten': {},
  'keras.backend.repeat': { n: 3 },
};

/** Cases elsewhere: `test/fixtures/keras-reported/keras2-tfop-einsum.h5`, and layers that call them. */
const ELSEWHERE = ['einsum', 'Mish', 'SquaredDifference'];

const untested = (operators: readonly OperatorDefinition[]) =>
  operators
    .flatMap(({ keras, tensorflow }) => [keras, tensorflow])
    .filter(
      (names) =>
        names.length > 0 &&
        !names.some((name) => ANSWERED.has(name) || name in TAKEN_APART || ELSEWHERE.includes(name)),
    )
    .map(([name]) => name);

describe('the registry of operators', () => {
  it('has an answer of Keras for each, under one of its names in each Keras that writes it', () => {
    expect(OPERATORS.length).toBeGreaterThan(250);
    expect(untested(OPERATORS)).toEqual([]);
  });

  it('names what has none', () => {
    const [first] = OPERATORS as readonly [OperatorDefinition];
    expect(untested([{ ...first, keras: ['Untested'], tensorflow: [] }])).toEqual(['Untested']);
  });

  it.each(Object.entries(TAKEN_APART))('%s answers as the evaluator does', async (name, keywords) => {
    const layer = {
      class_name: 'TFOpLambda',
      name: 'f',
      config: { name: 'f', function: name },
      inbound_nodes: [['x', 0, 0, keywords]],
    };
    const second = 'y' in keywords && Array.isArray(keywords.y);
    const starts = [inputLayer('x', [3, 4]), ...(second ? [inputLayer('y', [4, 2])] : [])];
    const config = {
      name: 'm',
      layers: [...starts, layer],
      input_layers: starts.map((start) => [start.name, 0, 0]),
      output_layers: [['f', 0, 0]],
    };
    const model = { config: { class_name: 'Functional', config }, weights: new Map() };
    const inputs = [
      { shape: [2, 3, 4], data: numbers(24, 5) },
      { shape: [2, 4, 2], data: numbers(16, 9) },
    ].slice(0, starts.length);
    const [[frozen], [wanted]] = await Promise.all([frozenAnswer(model, inputs), evaluate(model, inputs)]);
    expect(wanted && frozen && difference({ shape: wanted.shape, data: wanted.data }, frozen)).toBeLessThanOrEqual(
      1e-6,
    );
  });
});
