import { z } from 'zod';
import type { LayerConfig } from '#keras';
import type { Value } from '#onnx';
import {
  type BoundCall,
  defineLayer,
  type EmitContext,
  type LayerDefinition,
  severalOutputs,
  shapesByEmitting,
} from '../layer.ts';
import { ACTIVATION_OPERATORS } from './activations.ts';
import { AXES } from './axes.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { type Operand, type OperatorDefinition, operandOf } from './operator.ts';
import { PICTURES } from './pictures.ts';
import { PRODUCTS } from './products.ts';
import { REDUCTIONS } from './reductions.ts';

export type { OperatorDefinition } from './operator.ts';

/** Every operator that can be frozen. To add one: an entry in one of these files, a case in `test/scripts/convert/keras/operators/`. */
export const OPERATORS: readonly OperatorDefinition[] = [
  ...ACTIVATION_OPERATORS,
  ...AXES,
  ...ELEMENTWISE,
  ...PICTURES,
  ...PRODUCTS,
  ...REDUCTIONS,
];

const BY_KERAS = new Map(
  OPERATORS.flatMap((operator) => operator.keras.map((name) => [name, asLayer(operator)] as const)),
);
const BY_TENSORFLOW = new Map(
  OPERATORS.flatMap((operator) => operator.tensorflow.map((name) => [name, asLayer(operator)] as const)),
);

/** The operator that a config entry stands for, as a layer without weights; `undefined` where it is a layer or unknown. */
export function findOperator({ class_name, module, config }: LayerConfig): LayerDefinition | undefined {
  if (class_name === 'TFOpLambda' || class_name === 'SlicingOpLambda') {
    return BY_TENSORFLOW.get(String(config.function).replace(/^(tf\.|tensorflow\.)?(compat\.v[12]\.)?/, ''));
  }
  return typeof module === 'string' && /^keras(\.src)?\.ops\b/.test(module) ? BY_KERAS.get(class_name) : undefined;
}

interface Config {
  readonly call: BoundCall;
  readonly [option: string]: unknown;
}

/** Options stand in the config where Keras 3 writes them, in the call where TensorFlow does. */
function asLayer(operator: OperatorDefinition): LayerDefinition {
  const names = operator.parameters.map((spellings) => spellings.replace(/^\*/, '').split('|'));
  const emitAll = (
    { graph }: EmitContext,
    { call, ...options }: Config,
    inputs: readonly Value[],
  ): readonly Value[] => {
    const operands: Record<string, Operand> = {};
    for (const spellings of names) {
      const [name] = spellings as [string];
      const option = spellings.map((spelling) => options[spelling]).find((value) => value !== undefined);
      const given = call[name];
      if (given !== undefined) operands[name] = operandOf(given, inputs);
      else if (option !== undefined) operands[name] = option as Operand;
    }
    const answer = operator.emit(graph, operands);
    return Array.isArray(answer) ? answer : [answer as Value];
  };
  return defineLayer<Config>({
    className: operator.keras[0] ?? (operator.tensorflow[0] as string),
    config: z.looseObject({}) as unknown as z.ZodType<Config>,
    signature: operator.parameters,
    integers: true,
    ...(operator.preprocesses ? { expects: () => 'bytes' } : {}),
    ...severalOutputs({ emitAll, outputShapes: shapesByEmitting(emitAll) }),
  });
}
