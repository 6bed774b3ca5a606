import { expected, FreezeframeError } from '@freezeframe/inference';
import type { LayerConfig } from './model.ts';

/** How a layer rounds what it is given: each row by its own largest number. */
interface ActivationRounding {
  readonly least: number;
  readonly most: number;
  readonly epsilon: number;
}

/**
 * What Keras's `model.quantize()` made of a layer. int8 and int4 keep kernels as whole numbers with scales; float8 keeps
 * them as they were and rounds them at each call.
 */
export type Quantization =
  | {
      readonly mode: 'int8' | 'int4';
      readonly block: number | undefined;
      readonly activations?: ActivationRounding;
      /** int4 of Keras 3.11 to 3.13: two numbers of the first axis that is summed over share a byte, not of the last. */
      readonly packsInputs?: true;
    }
  | { readonly mode: 'float8'; readonly history: number };

type Json = Readonly<Record<string, unknown>>;

/** `AbsMaxQuantizer()`, which is taken where nothing is said. */
const ABS_MAX: ActivationRounding = { least: -127, most: 127, epsilon: 1e-7 };

/**
 * The quantization of a layer, from its `dtype` and its `quantization_config`.
 * @throws FreezeframeError `unsupported-layer` for GPTQ, AWQ and what is not known
 */
export function quantizationOf(config: LayerConfig['config']): Quantization | undefined {
  const mode = modeOf(config.dtype);
  if (mode === undefined) return undefined;
  const [kind, ...rest] = mode.split('/');
  const settings = (config.quantization_config as { config?: Json } | null | undefined)?.config;
  switch (kind) {
    case 'float8': {
      const { amax_history_length: length } = (config.dtype as { config?: Json }).config ?? {};
      return { mode: kind, history: typeof length === 'number' ? length : 1024 };
    }
    case 'int8':
      return { mode: kind, block: undefined, ...activationsOf(settings, ABS_MAX) };
    case 'int4': {
      const given = settings ? settings.block_size : Number(rest[0] ?? -1);
      const block = typeof given === 'number' && given > 0 ? given : undefined;
      // Keras 3.14 gave int4 a policy of its own; until then it rounded what int4 layers are given, if nothing was said.
      const isOld = (config.dtype as { class_name?: unknown }).class_name !== 'Int4DTypePolicy';
      const packing = isOld ? { packsInputs: true as const } : {};
      return { mode: kind, block, ...packing, ...activationsOf(settings, isOld ? ABS_MAX : undefined) };
    }
    default:
      throw unsupported('int8, int4 or float8', 'the quantization of a layer', mode);
  }
}

/** The mode of a quantized dtype policy: `int8`, `int4/128`; `several` where parts of the layer have policies of their own. */
export function modeOf(dtype: unknown): string | undefined {
  // Keras 3.3 wrote names alone: `int8_from_float32`.
  const named = typeof dtype === 'string' ? dtype : undefined;
  const { class_name, config } = (dtype ?? {}) as { class_name?: unknown; config?: Json };
  const text = named ?? config?.name;
  if (typeof text === 'string' && text.includes('_from_')) return text.slice(0, text.indexOf('_from_'));
  if (typeof class_name !== 'string') return undefined;
  if (class_name === 'DTypePolicyMap') {
    const parts = Object.values((config?.policy_map ?? {}) as Json);
    return modeOf(config?.default_policy) ?? (parts.some((part) => modeOf(part) !== undefined) ? 'several' : undefined);
  }
  return class_name === 'DTypePolicy' || typeof config?.mode !== 'string' ? undefined : config.mode;
}

/**
 * The config with layers that compute with what they are given, unrounded; the same object where none rounds. Their
 * weights are in floats already.
 */
export function withoutRounding<T>(config: T): T {
  if (Array.isArray(config)) {
    const list = config.map(withoutRounding);
    return list.every((item, i) => item === config[i]) ? config : (list as T);
  }
  if (config === null || typeof config !== 'object') return config;
  const entries = Object.entries(config).map(([key, item]) => [key, withoutRounding(item)] as const);
  const { dtype } = config as { dtype?: unknown };
  const plain = modeOf(dtype) === undefined ? {} : { dtype: 'float32', quantization_config: null };
  const isSame = !('dtype' in plain) && entries.every(([key, item]) => item === (config as Json)[key]);
  return isSame ? config : ({ ...Object.fromEntries(entries), ...plain } as T);
}

function activationsOf(settings: Json | undefined, otherwise: ActivationRounding | undefined) {
  if (!settings) return otherwise ? { activations: otherwise } : {};
  const given = settings.activation_quantizer as { class_name?: unknown; config?: Json } | null | undefined;
  if (given === null || given === undefined) return {};
  const { value_range: range, epsilon } = given.config ?? {};
  const [least, most] = (
    Array.isArray(range) ? range : ((range as { items?: unknown[] } | undefined)?.items ?? [])
  ) as unknown[];
  const known = [least, most, epsilon].every((number) => typeof number === 'number');
  if (given.class_name !== 'AbsMaxQuantizer' || !known) {
    throw unsupported('an AbsMaxQuantizer', 'the activation quantizer of a layer', given.class_name);
  }
  return { activations: { least, most, epsilon } as ActivationRounding };
}

function unsupported(what: string, where: string, received: unknown): FreezeframeError {
  return new FreezeframeError('unsupported-layer', expected(what, where, received), {
    remedy: 'Save the model before quantizing it, or quantize it with model.quantize("int8").',
  });
}
