import type { Shape } from '#keras';
import { GraphBuilder, type Value } from '#onnx';
import type { EmitContext } from '../layer.ts';
import { outputShapeOf, type ResolvedCell } from './stacked-cells.ts';

interface LoopOptions {
  readonly backwards: boolean;
  /** A bool tensor [batch, time]; steps that it leaves out keep the states as they are. */
  readonly mask: string | undefined;
  /** What a step that is left out answers: zeros, or the answer before it. */
  readonly zeroOutput: boolean;
}

export interface LoopResult {
  /** [batch, time, ...], in the order in which the steps were run. */
  readonly outputs: string;
  /** [batch, ...] of the last step. */
  readonly last: string;
  readonly states: readonly string[];
}

/** Zeros of a shape whose batch is that of `x`. */
function zerosLike(graph: GraphBuilder, x: Value, shape: Shape): string {
  const batch = graph.op('Shape', [x.name], { start: 0, end: 1 });
  const size = graph.op('Concat', [batch, graph.ints(shape.slice(1) as number[])], { axis: 0 });
  return graph.op('ConstantOfShape', [size]);
}

/** Runs any cell over the time axis of `x`, one step after another: ONNX's `Scan`. */
export function runLoop(
  context: EmitContext,
  resolved: ResolvedCell,
  x: Value,
  initial: readonly string[] | undefined,
  options: LoopOptions,
): LoopResult {
  const { graph } = context;
  const { cell, config } = resolved;
  const stepShape = [x.shape[0] ?? null, ...x.shape.slice(2)];
  const outputShape = outputShapeOf(resolved, stepShape);
  const shapes = [...cell.states(config, stepShape), outputShape];
  const first = [
    ...(initial ?? shapes.slice(0, -1).map((shape) => zerosLike(graph, x, shape))),
    zerosLike(graph, x, outputShape),
  ];
  const body = new GraphBuilder(graph);
  const states = shapes.map((shape, i) => body.input(fresh(body, `state_${i}`), 'float32', shape));
  const step: Value = {
    name: body.input(fresh(body, 'step'), 'float32', stepShape),
    shape: stepShape,
    datatype: 'float32',
    layout: 'channels-last',
  };
  const mask = options.mask === undefined ? undefined : body.input(fresh(body, 'mask'), 'bool', [null]);
  const made = cell.step({ ...context, graph: body }, config, step, states.slice(0, -1));
  const next = mask === undefined ? [...made.states, made.output] : masked();
  for (const [i, name] of next.entries()) publish(body, name, shapes[i] as Shape);
  publish(body, next.at(-1) as string, outputShape);
  const scans = mask === undefined ? 1 : 2;
  const results = graph.ops('Scan', [...first, x.name, ...(options.mask ? [options.mask] : [])], shapes.length + 1, {
    body: { graph: body },
    num_scan_inputs: scans,
    scan_input_axes: Array.from({ length: scans }, () => 1),
    scan_input_directions: Array.from({ length: scans }, () => (options.backwards ? 1 : 0)),
    scan_output_axes: [1],
  });
  const [outputs, last, ...reversed] = results.toReversed() as [string, string, ...string[]];
  return { outputs, last, states: reversed.toReversed() };

  function masked(): string[] {
    const keep = (there: string, before: string, shape: Shape) => {
      const axes = Array.from({ length: shape.length - 1 }, (_, i) => i + 1);
      return body.op('Where', [body.op('Unsqueeze', [mask as string, body.ints(axes)]), there, before]);
    };
    const kept = made.states.map((name, i) => keep(name, states[i] as string, shapes[i] as Shape));
    const before = options.zeroOutput ? body.op('Sub', [made.output, made.output]) : (states.at(-1) as string);
    return [...kept, keep(made.output, before, outputShape)];
  }
}

function fresh(graph: GraphBuilder, name: string): string {
  return graph.freeName(name);
}

/** A body's outputs, the states first, are names of their own. */
function publish(body: GraphBuilder, name: string, shape: Shape): void {
  body.output(body.op('Identity', [name]), 'float32', shape);
}
