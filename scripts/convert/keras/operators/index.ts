import * as z from 'zod';
import type { LayerConfig } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import { rangeOfFactors, rangeOfMeans } from '../../picture-range.ts';
import {
  type BoundCall,
  defineLayer,
  type EmitContext,
  type LayerDefinition,
  severalOutputs,
  shapesByEmitting,
} from '../layer.ts';
import { ACTIVATION_OPERATORS } from './activations.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { NEURAL } from './nn.ts';
import { JOINING } from './numpy/joining.ts';
import { MATRICES } from './numpy/matrices.ts';
import { NUMBERS } from './numpy/numbers.ts';
import { PAIRS } from './numpy/pairs.ts';
import { PLACES } from './numpy/places.ts';
import { SORTING } from './numpy/sorting.ts';
import { STATISTICS } from './numpy/statistics.ts';
import { constantOf, holding, type Operand, operandOf, type Sizes } from './operand.ts';
import type { OperatorDefinition } from './operator.ts';
import { COLOURS } from './pictures/colours.ts';
import { FRAMES } from './pictures/frames.ts';
import { PATCHES } from './pictures/patches.ts';
import { PICTURES } from './pictures/resize.ts';
import { WINDOWS } from './pictures/windows.ts';
import { PRODUCTS } from './products.ts';
import { REDUCTIONS } from './reductions.ts';
import { REFUSED_FUNCTIONS, REFUSED_OPERATORS } from './refused.ts';
import { AXES } from './shapes/axes.ts';
import { SHAPES } from './shapes/shapes.ts';
import { stridedSlice } from './shapes/strided-slice.ts';
import { SIZE_RULES } from './sizes.ts';
import { Tensors } from './tensors.ts';

export type { OperatorDefinition } from './operator.ts';
export { REFUSED_OPERATORS } from './refused.ts';

/** Every operator that can be frozen. To add one: an entry in one of these files, a case in `test/scripts/convert/keras/operators/`. */
export const OPERATORS: readonly OperatorDefinition[] = [
  ...ACTIVATION_OPERATORS,
  ...AXES,
  ...ELEMENTWISE,
  ...NEURAL,
  ...JOINING,
  ...MATRICES,
  ...NUMBERS,
  ...PAIRS,
  ...PATCHES,
  ...PLACES,
  ...STATISTICS,
  ...PICTURES,
  ...COLOURS,
  ...FRAMES,
  ...WINDOWS,
  ...PRODUCTS,
  ...REDUCTIONS,
  ...SHAPES,
  ...SORTING,
  stridedSlice,
];

/** They pick, order or put together numbers of a picture: what comes behind may tell which these are. */
const KEEPS_RANGE: ReadonlySet<string> = new Set([
  'Cast',
  'Concatenate',
  'ExpandDims',
  'Flip',
  'GetItem',
  'Pad',
  'Reshape',
  'Resize',
  'Split',
  'Squeeze',
  'Stack',
  'Transpose',
  'Unstack',
  'image.resize',
]);

const BY_KERAS = new Map(
  OPERATORS.flatMap((operator) => operator.keras.map((name) => [name, asLayer(operator, true)] as const)),
);
const BY_TENSORFLOW = new Map(
  OPERATORS.flatMap((operator) => operator.tensorflow.map((name) => [name, asLayer(operator, false)] as const)),
);

/** Modules of Keras's operations. */
const OPERATIONS = /^keras(\.src)?\.ops\b/;

/** The operator that a config entry stands for, as a layer without weights; `undefined` where it is a layer or unknown. */
export function findOperator({ class_name, module, config }: LayerConfig): LayerDefinition | undefined {
  if (class_name === 'TFOpLambda' || class_name === 'SlicingOpLambda') {
    return BY_TENSORFLOW.get(String(config.function).replace(/^(tf\.|tensorflow\.)?(compat\.v[12]\.)?/, ''));
  }
  return typeof module === 'string' && OPERATIONS.test(module) ? BY_KERAS.get(class_name) : undefined;
}

interface Config {
  readonly call: BoundCall;
  readonly [option: string]: unknown;
}

/** Options stand in the config where Keras 3 writes them, in the call where TensorFlow does. */
function asLayer(operator: OperatorDefinition, optionsInConfig: boolean): LayerDefinition {
  const className = operator.keras[0] ?? (operator.tensorflow[0] as string);
  const names = operator.parameters.map((spellings) => spellings.replace(/^\*/, '').split('|'));
  const emitAll = (
    { graph }: EmitContext,
    { call, ...options }: Config,
    inputs: readonly Value[],
  ): readonly Value[] => {
    const operands: Record<string, Operand> = {};
    for (const spellings of names) {
      const [name] = spellings as [string];
      // A TFOpLambda's own `dtype` is none of the function's.
      const option = optionsInConfig
        ? spellings.map((spelling) => options[spelling]).find((value) => value !== undefined)
        : undefined;
      const given = call[name];
      if (given !== undefined) operands[name] = operandOf(given, inputs);
      else if (option !== undefined) operands[name] = option as Operand;
    }
    const answer = operator.emit(new Tensors(graph), operands);
    const outputs: readonly Value[] = Array.isArray(answer) ? answer : [answer as Value];
    const sizes = SIZE_RULES[className]?.(operands, outputs) ?? [];
    return outputs.map((output, i) => held(graph, output, sizes[i]));
  };
  return defineLayer<Config>({
    className,
    config: optionsOf(names.flat()),
    signature: operator.parameters,
    integers: true,
    ...(KEEPS_RANGE.has(className) ? { keeps: () => 'range' as const } : {}),
    ...(operator.scales ? { expects: ({ call, ...options }) => rangeOf(operator, { ...options, ...call }) } : {}),
    ...severalOutputs({ emitAll, outputShapes: shapesByEmitting(emitAll) }),
  });
}

/** By the constants among the operands; what is divided says nothing. */
function rangeOf({ scales, parameters }: OperatorDefinition, operands: Record<string, unknown>) {
  const names = parameters.map((spellings) => spellings.split('|')[0] as string).slice(scales === 'divides' ? 1 : 0, 2);
  const numbers = names.flatMap((name) => constantOf(operands[name] as Operand)?.values ?? []);
  if (scales === 'subtracts') return rangeOfMeans(numbers);
  if (scales === 'adds') return rangeOfMeans(numbers.map((value) => -value));
  return rangeOfFactors(scales === 'divides' ? numbers.map((value) => 1 / value) : numbers);
}

/** A tensor of sizes that are all known is a constant. */
function held(graph: GraphBuilder, output: Value, sizes: Sizes | undefined): Value {
  if (!sizes?.every((size) => typeof size === 'number')) return holding(output, sizes);
  const datatype = output.datatype === 'float32' ? 'int32' : output.datatype;
  const name = graph.constant(datatype, sizes as number[], output.shape as number[]);
  return holding({ ...output, name, datatype }, sizes);
}

/** What every entry of a config may say, and what changes no answer. */
const GENERAL = ['name', 'dtype', 'trainable', 'function', 'call'];

/** An option that nobody reads would change the answer without a word. */
function optionsOf(known: readonly string[]): z.ZodType<Config> {
  const options = z.looseObject({}).superRefine((config, context) => {
    for (const [name, value] of Object.entries(config)) {
      if (value === null || known.includes(name) || GENERAL.includes(name)) continue;
      context.addIssue({ code: 'custom', path: [name], message: 'is not known' });
    }
  });
  return options as unknown as z.ZodType<Config>;
}

/** Why an operator cannot be frozen, where that is known. */
export function whyRefused({ class_name, module, config }: LayerConfig): string | undefined {
  if (class_name === 'TFOpLambda') {
    const name = String(config.function);
    const reason = REFUSED_FUNCTIONS.find(([pattern]) => pattern.test(name))?.[1];
    return `the function ${name} of TensorFlow ${reason ? `cannot be frozen: ${reason}` : 'is not known'}`;
  }
  if (typeof module !== 'string' || !OPERATIONS.test(module)) return undefined;
  const reason = REFUSED_OPERATORS.get(class_name);
  return reason && `this function of keras.ops cannot be frozen: ${reason}`;
}
