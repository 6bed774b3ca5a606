import { describe, expect, it } from 'vitest';
import { planLayers } from '../../../scripts/convert/plan/plan.ts';
import { modeOf, quantizationOf, withoutRounding } from '../../../scripts/keras/quantization.ts';

const policy = (mode: string, class_name = 'QuantizedDTypePolicy') => ({
  class_name,
  config: { mode, source_name: 'float32' },
});
const settings = (activation_quantizer: unknown, more: object = {}) => ({ config: { activation_quantizer, ...more } });
const ABS_MAX = { class_name: 'AbsMaxQuantizer', config: { value_range: [-127, 127], epsilon: 1e-7 } };
const ROUNDING = { least: -127, most: 127, epsilon: 1e-7 };

describe('the quantization of a layer', () => {
  it('is none for plain and mixed precision', () => {
    for (const dtype of [undefined, 'float32', { class_name: 'DTypePolicy', config: { name: 'mixed_bfloat16' } }]) {
      expect(quantizationOf({ dtype })).toBeUndefined();
    }
  });

  it('rounds what comes in unless its settings say otherwise', () => {
    expect(quantizationOf({ dtype: policy('int8') })).toMatchObject({ mode: 'int8', activations: ROUNDING });
    expect(quantizationOf({ dtype: 'int8_from_float32' })).toMatchObject({ mode: 'int8', activations: ROUNDING });
    const none = quantizationOf({ dtype: policy('int8'), quantization_config: settings(null) });
    expect(none).toEqual({ mode: 'int8', block: undefined });
    const given = quantizationOf({ dtype: policy('int8'), quantization_config: settings(ABS_MAX) });
    expect(given).toMatchObject({ activations: ROUNDING });
  });

  it('tells the two ways in which int4 was packed apart', () => {
    expect(quantizationOf({ dtype: policy('int4') })).toMatchObject({ packsInputs: true, activations: ROUNDING });
    const today = policy('int4/32', 'Int4DTypePolicy');
    expect(quantizationOf({ dtype: today, quantization_config: null })).toEqual({ mode: 'int4', block: 32 });
    const own = settings(null, { block_size: 64 });
    expect(quantizationOf({ dtype: today, quantization_config: own })).toEqual({ mode: 'int4', block: 64 });
    expect(quantizationOf({ dtype: policy('int4/-1', 'Int4DTypePolicy') })).toEqual({ mode: 'int4', block: undefined });
  });

  it('is refused by name where it is not known', () => {
    expect(() => quantizationOf({ dtype: policy('gptq/4/128', 'GPTQDTypePolicy') })).toThrow(/received "?gptq\/4\/128/);
    expect(() => quantizationOf({ dtype: policy('awq/4/128', 'AWQDTypePolicy') })).toThrow(/received "?awq\/4\/128/);
    const mine = settings({ class_name: 'MyQuantizer', config: {} });
    expect(() => quantizationOf({ dtype: policy('int8'), quantization_config: mine })).toThrow(/MyQuantizer/);
  });

  it('is seen in the parts of a layer too', () => {
    const parts = { default_policy: { class_name: 'DTypePolicy', config: { name: 'float32' } } };
    const map = (policy_map: object) => ({ class_name: 'DTypePolicyMap', config: { ...parts, policy_map } });
    expect(modeOf(map({ 'mha/query': policy('int8') }))).toBe('several');
    expect(modeOf(map({}))).toBeUndefined();
  });

  it.each([
    ['Conv2D', { filters: 1, kernel_size: 1 }, policy('int8')],
    ['MultiHeadAttention', { num_heads: 1, key_dim: 1 }, policy('int8')],
    ['Dense', { units: 1 }, policy('gptq/4/128', 'GPTQDTypePolicy')],
  ])('of a %s is refused where nothing computes it', (class_name, options, dtype) => {
    const layers = [{ class_name, config: { name: 'q', batch_input_shape: [null, 3, 3, 3], ...options, dtype } }];
    const config = { class_name: 'Sequential', config: { name: 'm', layers } };
    expect(() => planLayers(config)).toThrow(/quantiz/);
  });
});

describe('a config without rounding', () => {
  it('is the same object where nothing rounds', () => {
    const config = { layers: [{ config: { dtype: 'float32', units: [1, 2] } }] };
    expect(withoutRounding(config)).toBe(config);
  });

  it('has plain layers in the place of quantized ones', () => {
    const dense = { units: 1, dtype: policy('int8'), quantization_config: settings(ABS_MAX) };
    expect(withoutRounding({ layers: [{ config: dense }] })).toEqual({
      layers: [{ config: { units: 1, dtype: 'float32', quantization_config: null } }],
    });
  });
});
