import type { Call } from './call.ts';
import { binary, type Doubles, map, reduce, roundEven, wrong } from './doubles.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What a layer that `model.quantize` made computes with (`AbsMaxQuantizer`, `quantize_and_dequantize` in
 * `keras/src/quantizers/quantizers.py`). Keras rounds in float32, and so is each step here.
 * @param axes that are summed over, which share a scale
 */
export function asQuantized(x: Doubles, axes: readonly number[], { options, weight, path }: Call): Doubles {
  const { class_name: policy, config } = (options.dtype ?? {}) as { class_name?: unknown; config?: Json };
  const name = typeof options.dtype === 'string' ? options.dtype : config?.name;
  const isNamed = typeof name === 'string' && name.includes('_from_');
  if (!isNamed && !/Quantized|Int4/.test(String(policy))) return x;
  const mode = isNamed ? name : String(config?.mode);
  if (mode.startsWith('float8')) {
    const scale = weight('inputs_scale').data[0] as number;
    return map(x, (value) => float8(Math.fround(Math.fround(value) / scale)) * scale);
  }
  const given = options.quantization_config as { config?: { activation_quantizer?: { config?: Json } | null } } | null;
  const quantizer = given?.config?.activation_quantizer;
  // Without settings int8 rounds, and int4 until it had a policy of its own.
  if (given ? !quantizer : policy === 'Int4DTypePolicy') return x;
  const { value_range: range = [-127, 127], epsilon = 1e-7 } = quantizer?.config ?? {};
  const [least, most] = (Array.isArray(range) ? range : (range as { items: unknown[] }).items) as number[];
  if (typeof least !== 'number' || typeof most !== 'number') throw wrong('a range', `the quantizer of ${path}`, range);
  const largest = reduce(x, axes, true, (row) => row.reduce((a, b) => Math.max(a, Math.abs(b)), 0));
  const scales = map(largest, (value) =>
    Math.fround(most / Math.fround(Math.fround(value) + Math.fround(Number(epsilon)))),
  );
  return binary(x, scales, (value, scale) => {
    const whole = roundEven(Math.fround(Math.fround(value) * scale));
    return Math.min(Math.max(whole, least), most) / scale;
  });
}

/** The nearest float8 e4m3fn: three bits behind the first, from 2^-9 to 448. */
function float8(value: number): number {
  const size = Math.min(Math.abs(value), 448);
  let step = 2 ** -9;
  while (size >= step * 16) step *= 2;
  return Math.sign(value) * roundEven(size / step) * step;
}
