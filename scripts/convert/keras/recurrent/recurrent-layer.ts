import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import { type Shape, TensorArgument, type WeightSpec } from '#keras';
import { asKeras, type Value } from '#onnx';
import {
  type BoundCall,
  defineLayer,
  type EmitContext,
  innerContext,
  type LayerDefinition,
  severalOutputs,
} from '../layer.ts';
import { flag, orElse } from '../options.ts';
import { runLoop } from './loop.ts';
import { asOperator, inputsOf, runOperator } from './onnx-recurrent.ts';
import { outputShapeOf, type ResolvedCell } from './stacked-cells.ts';

/** Options of every layer that runs a cell over time. */
export const sequenceOptions = {
  return_sequences: flag(false),
  return_state: flag(false),
  go_backwards: flag(false),
  zero_output_for_mask: orElse(z.boolean(), false),
  stateful: z
    .literal(false, { error: 'true: a model that remembers its last batch cannot serve requests' })
    .default(false),
  time_major: z.literal(false, { error: 'true: the batch axis must come first' }).default(false),
};

export interface SequenceConfig {
  readonly return_sequences: boolean;
  readonly return_state: boolean;
  readonly go_backwards: boolean;
  readonly zero_output_for_mask: boolean;
  readonly resolved: ResolvedCell;
  readonly call: BoundCall;
}

/**
 * A layer that runs a cell over the time axis: [batch, time, features] in; [batch, units], or [batch, time, units] with
 * `return_sequences`, and the states behind it with `return_state`.
 * @param read adds the cell, found and read, as `resolved`
 */
export function recurrentLayer(
  className: string,
  summary: string,
  read: z.ZodType<Omit<SequenceConfig, 'call'>>,
): LayerDefinition {
  return defineLayer<SequenceConfig>({
    className,
    summary,
    config: read as unknown as z.ZodType<SequenceConfig>,
    signature: ['inputs|sequences', 'initial_state', 'constants'],
    weights: ({ resolved: { cell, config } }, inputs): WeightSpec[] =>
      cell.weights(config, stepOf(inputs[0] as Shape)).map((spec) => ({ ...spec, name: `cell/${spec.name}` })),
    ...severalOutputs<SequenceConfig>({ outputShapes, emitAll }),
    mask: (_, { return_sequences }, inputs, outputs) =>
      outputs.map((_, i) => (i === 0 && return_sequences ? inputs[0]?.mask : undefined)),
  });
}

function stepOf(sequence: Shape): Shape {
  return [sequence[0] ?? null, ...sequence.slice(2)];
}

function outputShapes(c: SequenceConfig, inputs: readonly Shape[]): Shape[] {
  const [sequence = []] = inputs;
  const step = stepOf(sequence);
  const output = outputShapeOf(c.resolved, step);
  const first = c.return_sequences ? [output[0] ?? null, sequence[1] ?? null, ...output.slice(1)] : output;
  return [first, ...(c.return_state ? c.resolved.cell.states(c.resolved.config, step) : [])];
}

function emitAll(context: EmitContext, c: SequenceConfig, inputs: readonly Value[]): Value[] {
  const { graph } = context;
  const x = countingAll(c.call, asKeras(graph, inputs[0] as Value));
  const shapes = outputShapes(
    c,
    inputs.map((input) => input.shape),
  );
  const initial = initialStates(c, inputs);
  const inner = innerContext(context, 'cell');
  const { cell, config } = c.resolved;
  const operator = x.mask === undefined ? asOperator(inner, cell.className, config, inputsOf(x)) : undefined;
  const loop = { backwards: c.go_backwards, mask: x.mask, zeroOutput: c.zero_output_for_mask };
  const result = operator
    ? runOperator(graph, operator, x, initial, c.go_backwards)
    : runLoop(inner, c.resolved, x, initial, loop);
  const names = [c.return_sequences ? result.outputs : result.last, ...(c.return_state ? result.states : [])];
  return names.map((name, i) => ({ name, shape: shapes[i] as Shape, datatype: 'float32', layout: 'channels-last' }));
}

/**
 * Keras 3 finds the mask of a layer's only tensor: a sequence that states are given with counts as a whole, while what comes
 * out still carries its mask.
 */
export function countingAll({ initial_state: states }: BoundCall, sequence: Value): Value {
  if (flat(states).length === 0) return sequence;
  const { mask: _, ...all } = sequence;
  return all;
}

/** Keras 3 gives them as `initial_state`, Keras 2 as further inputs. */
function initialStates({ call, resolved: { cell, config } }: SequenceConfig, inputs: readonly Value[]) {
  if (call.constants !== undefined) {
    throw new FreezeframeError('unsupported-layer', expected('no constants', 'the call of a recurrent layer', 'some'));
  }
  if (inputs.length < 2) return undefined;
  const first = inputs[0] as Value;
  const states = flat(call.initial_state).map((index) => inputs[index] as Value);
  const given = states.length > 0 ? states : inputs.slice(1);
  const count = cell.states(config, stepOf(first.shape)).length;
  if (given.length !== count) {
    throw new FreezeframeError(
      'bad-topology',
      expected(`${count} states`, 'the call of a recurrent layer', given.length),
    );
  }
  return given.map((value) => value.name);
}

function flat(argument: unknown): number[] {
  if (argument instanceof TensorArgument) return [argument.index];
  return Array.isArray(argument) ? argument.flatMap(flat) : [];
}
