import { describe, expect, it } from 'vitest';
import { ACTIVATIONS, activation } from '../../../../scripts/freeze/activations/index.ts';
import { compareWithReference, frozenAnswer, layerModel, numbers, withSeededWeights } from '../harness.ts';

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
  softsign: (x) => x / (1 + Math.abs(x)),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
};

function modelOf(name: string) {
  return withSeededWeights(layerModel('Activation', { activation: name }, [[30]]), 1);
}

describe('a frozen activation', () => {
  for (const { names } of ACTIVATIONS) {
    for (const name of names) {
      it(`${name} answers as TensorFlow.js`, async () => {
        const { difference } = await compareWithReference(modelOf(name), [input]);
        expect(difference).toBeLessThanOrEqual(TOLERANCE[name] ?? TOLERANCE[names[0]] ?? 2e-6);
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

  it('is read in the spellings of Keras 2 and Keras 3', () => {
    expect(activation.parse(undefined)).toBe('linear');
    expect(activation.parse('silu')).toBe(activation.parse('swish'));
    expect(activation.parse({ module: 'builtins', class_name: 'function', config: 'relu' })).toBe('relu');
    expect(activation.parse({ class_name: 'Activation', config: { name: 'a', activation: 'tanh' } })).toBe('tanh');
    expect(activation.parse({ class_name: 'ReLU', config: { max_value: null } })).toBe('relu');
  });

  it('is refused by name where it is not known', () => {
    const result = activation.safeParse('my_activation');
    expect(result.error?.issues[0]?.message).toContain('my_activation');
    expect(activation.safeParse({ class_name: 'ReLU', config: { max_value: 6 } }).success).toBe(false);
  });
});
