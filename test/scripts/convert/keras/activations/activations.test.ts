import { describe, expect, it } from 'vitest';
import {
  ACTIVATIONS,
  type Activation,
  activation,
  KERAS3_ACTIVATIONS,
} from '../../../../../scripts/convert/keras/activations/index.ts';
import { compareWithReference, frozenAnswer, layerModel, numbers, withSeededWeights } from '../../harness.ts';

/** From -8 to 8, so that every piece of a piecewise function is met; steep functions lose digits there. */
const values = numbers(60, 3).map((x) => 8 * x);
const input = { shape: [2, 30], data: values };

/** What float32 loses: `exponential` answers thousands, TensorFlow.js's `gelu` uses an approximation of erf. */
const TOLERANCE: Record<string, number> = { exponential: 1e-3, gelu: 1e-5, softplus: 5e-6, mish: 5e-6, swish: 5e-6 };

/** The definitions of keras.activations, for one number. */
const DEFINITIONS: Record<string, (x: number) => number> = {
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  leaky_relu: (x) => (x < 0 ? 0.2 * x : x),
  hard_sigmoid: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
  hard_sigmoid_keras2: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  hard_silu: (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
  log_sigmoid: (x) => -Math.log1p(Math.exp(-x)),
  hard_tanh: (x) => Math.min(Math.max(x, -1), 1),
  tanh_shrink: (x) => x - Math.tanh(x),
  soft_shrink: (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0),
  hard_shrink: (x) => (Math.abs(x) > 0.5 ? x : 0),
  squareplus: (x) => (x + Math.sqrt(x * x + 4)) / 2,
  celu: (x) => Math.max(x, 0) + Math.expm1(Math.min(x, 0)),
  sparse_plus: (x) => (x <= -1 ? 0 : x < 1 ? (x + 1) ** 2 / 4 : x),
  sparse_sigmoid: (x) => Math.min(Math.max((x + 1) / 2, 0), 1),
  softsign: (x) => x / (1 + Math.abs(x)),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
};

function modelOf(name: string) {
  return withSeededWeights(layerModel('Activation', { activation: name }, [[30]]), 1);
}

function namesOf({ name, aliases = [] }: Activation): string[] {
  return [name, ...aliases];
}

describe('a frozen activation', () => {
  for (const definition of ACTIVATIONS as readonly Activation[]) {
    for (const name of namesOf(definition)) {
      it(`${name} answers as TensorFlow.js`, async () => {
        const { difference } = await compareWithReference(modelOf(name), [input]);
        expect(difference).toBeLessThanOrEqual(TOLERANCE[name] ?? TOLERANCE[definition.name] ?? 2e-6);
      });
    }
  }

  for (const [name, define] of Object.entries(DEFINITIONS)) {
    it(`${name} answers as Keras defines it`, async () => {
      const [answer] = await frozenAnswer(modelOf(name), [input]);
      const furthest = Array.from(values, (x, i) => Math.abs(define(x) - Number(answer?.data[i])));
      expect(Math.max(...furthest)).toBeLessThanOrEqual(2e-6);
    });
  }

  it('keeps the options of a layer that is given as an activation', async () => {
    const leaky = { class_name: 'LeakyReLU', config: { name: 'l', negative_slope: 0.17, dtype: 'float32' } };
    const model = withSeededWeights(layerModel('Activation', { activation: leaky }, [[30]]), 1);
    const [answer] = await frozenAnswer(model, [input]);
    const furthest = Array.from(values, (x, i) => Math.abs((x < 0 ? 0.17 * x : x) - Number(answer?.data[i])));
    expect(Math.max(...furthest)).toBeLessThanOrEqual(2e-6);
  });

  it('has a name of its own, in either list', () => {
    const names = [...ACTIVATIONS, ...KERAS3_ACTIVATIONS].flatMap(namesOf);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is read in the spellings of Keras 2 and Keras 3', () => {
    expect(activation.parse(undefined).name).toBe('linear');
    expect(activation.parse('silu')).toBe(activation.parse('swish'));
    expect(activation.parse({ module: 'builtins', class_name: 'function', config: 'relu' }).name).toBe('relu');
    expect(activation.parse({ class_name: 'Activation', config: { name: 'a', activation: 'tanh' } }).name).toBe('tanh');
    expect(activation.parse({ class_name: 'ReLU', config: { max_value: null } }).name).toBe('relu');
  });

  it('is refused by name where it is not known', () => {
    const result = activation.safeParse('my_activation');
    expect(result.error?.issues[0]?.message).toContain('my_activation');
    expect(activation.safeParse({ class_name: 'ReLU', config: { max_value: 'six' } }).success).toBe(false);
    expect(activation.safeParse({ class_name: 'Mine', config: {} }).success).toBe(false);
  });
});
