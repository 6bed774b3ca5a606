import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../../../scripts/convert/keras/layers/index.ts';
import { OPERATORS } from '../../../../scripts/convert/keras/operators/index.ts';
import { knowsFunction } from '../../../../scripts/reference/evaluator/kinds/operators.ts';
import { findRule } from '../../../../scripts/reference/evaluator/registry.ts';

/** What the evaluator does not compute, and why it need not. */
const EXCEPT: Readonly<Record<string, string>> = {};

describe("the evaluator's registry", () => {
  it('knows every layer that can be frozen', () => {
    const known = LAYERS.map(({ className }) => className).filter(
      (name) => findRule(name) !== undefined || name in EXCEPT,
    );
    expect(LAYERS.length).toBeGreaterThan(18);
    expect(LAYERS.map(({ className }) => className).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('knows every operator of Keras 3 that can be frozen', () => {
    const names = OPERATORS.flatMap(({ keras }) => keras);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => findRule(name, 'keras.src.ops.numpy') === undefined)).toEqual([]);
  });

  it('knows every function of TensorFlow that can be frozen', () => {
    const names = OPERATORS.flatMap(({ tensorflow }) => tensorflow);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !knowsFunction(name))).toEqual([]);
  });

  it('tells operators from layers of the same name, and knows no others', () => {
    expect(findRule('Add', 'keras.src.ops.numpy')).not.toBe(findRule('Add', 'keras.layers'));
    expect(findRule('Dense', 'keras.src.ops.numpy')).toBeUndefined();
    expect(findRule('Doubler')).toBeUndefined();
    expect(knowsFunction('io.read_file')).toBe(false);
  });
});
