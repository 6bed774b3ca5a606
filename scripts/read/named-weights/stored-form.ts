import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { type LayerConfig, modeOf, type Quantization, quantizationOf, type Tensor, type WeightSpec } from '#keras';
import { asBfloat16, asFloat8, divided, grouped, plusProduct, unpacked, unpackedAlong } from './dequantize.ts';

/** How files keep the weights of one layer: mostly as they are. */
export interface StoredForm {
  /** In the order in which Keras makes them. */
  readonly variables: readonly WeightSpec[];
  /** Their names by their numbers in `vars/`. */
  readonly positions: readonly string[];
  /** The layer's weights, from the variables. */
  weights(read: (name: string) => Tensor): ReadonlyMap<string, Tensor>;
}

/** The weight that Keras puts LoRA beside, of each class for which it does. All but convolutions may be quantized too. */
const MAIN: Readonly<Record<string, string>> = {
  Dense: 'kernel',
  EinsumDense: 'kernel',
  Embedding: 'embeddings',
  Conv1D: 'kernel',
  Conv2D: 'kernel',
  Conv3D: 'kernel',
};

/**
 * Layers may be quantized (`model.quantize`) and have LoRA's matrices; what comes out are the weights that compute the same
 * without.
 * @param merged LoRA's product is part of the main weight already, as in `.keras` files
 */
export function storedForm(layer: LayerConfig | undefined, specs: readonly WeightSpec[], merged: boolean): StoredForm {
  const main = layer && Object.hasOwn(MAIN, layer.class_name) ? MAIN[layer.class_name] : undefined;
  const spec = specs.find(({ name }) => name === main);
  if (!layer || !main || !spec) return asTheyAre(specs);
  const quantization = modeOf(layer.config.dtype) === undefined ? undefined : quantizationOf(layer.config);
  const { lora_rank: rank, lora_alpha: alpha } = layer.config;
  const lora =
    typeof rank === 'number' && !merged ? { rank, alpha: typeof alpha === 'number' ? alpha : rank } : undefined;
  if (!quantization && !lora) return asTheyAre(specs);
  if (lora && quantization && (quantization.mode === 'float8' || quantization.activations)) {
    throw new ImportError(
      'unsupported-layer',
      expected('LoRA or quantization', `a ${layer.class_name} layer`, 'both'),
      {
        remedy: 'Save the model as .keras: that merges what LoRA has learnt.',
      },
    );
  }
  const own = quantization ? quantizedVariables(layer, quantization, specs, spec) : { made: specs, numbered: specs };
  const frozen = lora && !quantization ? { trainable: false, frozenLater: true as const } : {};
  const made = own.made.map((one) => (one.name === main ? { ...one, ...frozen } : one));
  const matrices = lora ? loraVariables(spec, lora.rank) : [];
  return {
    variables: [...made, ...matrices],
    positions: own.numbered.map(({ name }) => name),
    weights: (read) => {
      const kernel = quantization ? floats(layer, quantization, spec, read) : read(main);
      const [a, b] = matrices.map(({ name }) => read(name));
      const whole = a && b && lora ? plusProduct(kernel, a, b, lora.alpha / lora.rank) : kernel;
      const isRounded = (name: string) => quantization?.mode === 'float8' && name === 'bias';
      return new Map(
        specs.map(({ name }) => {
          if (name === main) return [name, whole];
          return [name, isRounded(name) ? asBfloat16(read(name)) : read(name)];
        }),
      );
    },
  };
}

function asTheyAre(specs: readonly WeightSpec[]): StoredForm {
  const ordered = [...specs.filter((spec) => spec.trainable), ...specs.filter((spec) => !spec.trainable)];
  return {
    variables: specs,
    positions: ordered.map(({ name }) => name),
    weights: (read) => new Map(specs.map(({ name }) => [name, read(name)])),
  };
}

function loraVariables(main: WeightSpec, rank: number): WeightSpec[] {
  const last = main.shape.at(-1) as number;
  const learnt = { trainable: true, initializer: 'zeros' };
  return [
    { ...learnt, name: `lora_${main.name}_a`, shape: [...main.shape.slice(0, -1), rank] },
    { ...learnt, name: `lora_${main.name}_b`, shape: [rank, last] },
  ];
}

/** The variables of `_int8_build`, `_int4_build` and `_float8_build`, and their order in `variable_serialization_spec`. */
function quantizedVariables(layer: LayerConfig, by: Quantization, specs: readonly WeightSpec[], main: WeightSpec) {
  const others = specs.filter(({ name }) => name !== main.name && name !== 'inputs_scale');
  const kept = (name: string, shape: readonly number[], trainable = false): WeightSpec => {
    return { name, shape, trainable, initializer: 'zeros' };
  };
  if (by.mode === 'float8') {
    const scales = ['inputs', 'kernel', 'outputs_grad'].flatMap((name) => [
      kept(`${name}_scale`, [], true),
      kept(`${name}_amax_history`, [by.history], true),
    ]);
    return { made: [...scales, main, ...others], numbered: [main, ...others, ...scales] };
  }
  if (by.packsInputs && layer.class_name !== 'Embedding') {
    const table = { ...main, trainable: false, shape: halved(main.shape, packedAxis(layer)) };
    const scale = kept(`${main.name}_scale`, scaleShape(layer, main));
    return { made: [table, scale, ...others], numbered: [table, ...others, scale] };
  }
  const { rows, columns, axis } = flattened(layer, main);
  const isPacked = by.mode === 'int4';
  const table = { ...main, trainable: false, shape: isPacked ? [rows, Math.ceil(columns / 2)] : main.shape };
  const groups = Math.ceil((axis === 'rows' ? rows : columns) / (by.block ?? 1));
  const each = axis === 'rows' ? [columns] : [rows];
  const inGroups = axis === 'rows' ? [groups, columns] : [rows, groups];
  const perChannel = isPacked ? each : scaleShape(layer, main);
  const scale = kept(`${main.name}_scale`, by.block ? inGroups : perChannel);
  const zero = by.block ? [kept(`${main.name}_zero`, inGroups), kept('g_idx', [axis === 'rows' ? rows : columns])] : [];
  return { made: [table, scale, ...zero, ...others], numbered: [table, ...others, scale, ...zero] };
}

function halved(shape: readonly number[], axis: number): number[] {
  return shape.map((size, i) => (i === axis ? Math.ceil(size / 2) : size));
}

/** Until Keras 3.13 the first axis of the kernel that is summed over. */
function packedAxis(layer: LayerConfig): number {
  if (layer.class_name === 'Dense') return 0;
  const { kernel, summed } = termsOf(layer);
  return [...kernel].findIndex((letter) => summed.has(letter));
}

/** The main weight as a table, and along which of its sides numbers share a scale. */
function flattened(layer: LayerConfig, { shape }: WeightSpec) {
  const [rows = 1, columns = 1] = shape;
  if (layer.class_name === 'Embedding') return { rows, columns, axis: 'columns' as const };
  if (layer.class_name === 'Dense') return { rows, columns, axis: 'rows' as const };
  const { kernel, summed } = termsOf(layer);
  const size = (isRow: boolean) =>
    shape.filter((_, i) => summed.has(kernel[i] as string) === isRow).reduce((n, s) => n * s, 1);
  return { rows: size(true), columns: size(false), axis: 'rows' as const };
}

/** The letters of an einsum equation, and those of the kernel that are summed over. */
function termsOf({ config }: LayerConfig) {
  const [, input = '', kernel = '', output = ''] = /^(\w+),(\w+)->(\w+)$/.exec(String(config.equation)) ?? [];
  if (output === '') {
    const wanted = 'an equation without "..."';
    throw new ImportError('unsupported-layer', expected(wanted, 'a quantized EinsumDense layer', config.equation), {
      remedy: 'Save the model before quantizing it.',
    });
  }
  const summed = new Set([...kernel].filter((letter) => input.includes(letter) && !output.includes(letter)));
  return { kernel, output, summed };
}

/** int8 has one scale for each channel that goes out; EinsumDense keeps it with the output's axes. */
function scaleShape(layer: LayerConfig, { shape }: WeightSpec): number[] {
  if (layer.class_name === 'Embedding') return [shape[0] as number];
  if (layer.class_name === 'Dense') return [shape[1] as number];
  const { kernel, output } = termsOf(layer);
  return [...output].map((letter) => (kernel.includes(letter) ? (shape[kernel.indexOf(letter)] as number) : 1));
}

/** The main weight in floats. */
function floats(layer: LayerConfig, by: Quantization, main: WeightSpec, read: (name: string) => Tensor): Tensor {
  const stored = read(main.name);
  const scale = read(`${main.name}_scale`);
  if (by.mode === 'float8') return asFloat8(stored, scale.data[0] as number);
  const { shape } = main;
  const { rows, columns, axis } = flattened(layer, main);
  const isFlat = by.mode === 'int4' && !(by.packsInputs && layer.class_name !== 'Embedding');
  if (isFlat) {
    const table = unpacked(stored, columns);
    const zero = by.block ? read(`${main.name}_zero`) : undefined;
    const whole = zero
      ? grouped(table, scale, zero, read('g_idx'), axis)
      : divided(table, (row, column) => scale.data[axis === 'rows' ? column : row] as number);
    return { ...whole, shape };
  }
  const whole = by.mode === 'int4' ? unpackedAlong(stored, packedAxis(layer), shape) : { ...stored, shape };
  if (layer.class_name === 'EinsumDense') return { ...divided(whole, einsumScale(layer, shape, scale)), shape };
  const table = { shape: [rows, columns], data: whole.data };
  return divided(table, (row, column) => scale.data[axis === 'rows' ? column : row] as number);
}

/** The scale at a place of the kernel: rows and columns are its first axes together and its last. */
function einsumScale(layer: LayerConfig, shape: readonly number[], scale: Tensor) {
  const { kernel, output } = termsOf(layer);
  const last = shape.at(-1) as number;
  return (row: number, column: number): number => {
    let rest = row * last + column;
    const index = new Map<string, number>();
    for (let i = shape.length - 1; i >= 0; i--) {
      index.set(kernel[i] as string, rest % (shape[i] as number));
      rest = Math.floor(rest / (shape[i] as number));
    }
    const at = [...output].reduce((n, letter, i) => n * (scale.shape[i] as number) + (index.get(letter) ?? 0), 0);
    return scale.data[at] as number;
  };
}
