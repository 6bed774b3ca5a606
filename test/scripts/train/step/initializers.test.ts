import { FreezeframeError } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../scripts/system/random.ts';
import { initialize } from '../../../../scripts/train/step/initializers.ts';

const KERNEL = [5, 5, 10, 40];
const values = (initializer: unknown, shape: readonly number[] = KERNEL) =>
  initialize(initializer, shape, stream(1, 'test'));
const deviation = (numbers: Float32Array) => {
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  return Math.sqrt(numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length);
};

describe('initialize', () => {
  it.each([
    // Keras: fan in 250, fan out 1000 for this kernel.
    ['glorot_uniform', Math.sqrt(2 / 1250)],
    ['glorot_normal', Math.sqrt(2 / 1250)],
    ['he_normal', Math.sqrt(2 / 250)],
    ['he_uniform', Math.sqrt(2 / 250)],
    ['lecun_normal', Math.sqrt(1 / 250)],
    ['lecun_uniform', Math.sqrt(1 / 250)],
    ['random_normal', 0.05],
    ['random_uniform', 0.05 / Math.sqrt(3)],
  ])('%s has the deviation that Keras gives it', (name, wanted) => {
    const numbers = values(name);
    expect(numbers.length).toBe(10_000);
    expect(Math.abs(deviation(numbers) / wanted - 1)).toBeLessThan(0.05);
  });

  it('reads every spelling and the options of a config', () => {
    expect(values('GlorotUniform')).toEqual(values('glorot_uniform'));
    expect(values({ class_name: 'Zeros', config: {} }, [3])).toEqual(new Float32Array(3));
    expect(values('ones', [2])).toEqual(new Float32Array([1, 1]));
    expect(values({ class_name: 'Constant', config: { value: 0.5 } }, [2])).toEqual(new Float32Array([0.5, 0.5]));
    const narrow = values({ class_name: 'RandomNormal', config: { mean: 2, stddev: 0.001 } });
    expect(narrow.every((value) => Math.abs(value - 2) < 0.01)).toBe(true);
    const scaled = values({
      class_name: 'VarianceScaling',
      config: { scale: 2, mode: 'fan_in', distribution: 'uniform' },
    });
    expect(scaled).toEqual(values('he_uniform'));
  });

  it('keeps truncated normals within two deviations', () => {
    const numbers = values({ class_name: 'TruncatedNormal', config: { stddev: 1 } });
    expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(2);
  });

  it('names what it does not know', () => {
    expect(() => values('orthogonal')).toThrow(FreezeframeError);
    expect(() => values('orthogonal')).toThrow(/glorot_uniform.*"orthogonal"/);
    expect(() => values('toString')).toThrow(FreezeframeError);
  });
});
