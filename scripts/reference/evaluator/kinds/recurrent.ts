import { groupNames } from '#keras';
import {
  type Call,
  doublesIn,
  inputsOf,
  type LayerFunction,
  type LayerResult,
  maskOf,
  type Options,
  type Rule,
  rules,
} from '../call.ts';
import {
  add,
  concat,
  type Doubles,
  doubles,
  expand,
  isDoubles,
  map,
  multiply,
  reshape,
  slice,
  where,
  wrong,
} from '../doubles.ts';
import { matmul } from '../einsum.ts';
import { activate } from './activations.ts';
import { innerLayer } from './core.ts';

/** One step: the input and the states before it to the output (which is the first state) and the states after it. */
export interface Cell {
  readonly sizes: readonly number[];
  /** The states before the first step where they are more than rows of `sizes`. */
  start?(x: Doubles): Doubles[];
  step(x: Doubles, states: readonly Doubles[]): { readonly output: Doubles; readonly states: readonly Doubles[] };
}

/** A cell's own weights are `<prefix>kernel` and so on. */
type CellMaker = (call: Call, options: Options, prefix: string) => Cell;

export function gatesOf(call: Call, options: Options, prefix: string) {
  const biased = options.use_bias !== false;
  return {
    kernel: call.weight(`${prefix}kernel`),
    recurrent: call.weight(`${prefix}recurrent_kernel`),
    bias: biased ? call.weight(`${prefix}bias`) : undefined,
    inner: (x: Doubles) => activate(x, options.activation === undefined ? 'tanh' : options.activation, call),
    gate: (x: Doubles) =>
      activate(x, options.recurrent_activation === undefined ? 'sigmoid' : options.recurrent_activation, call),
  };
}

const plus = (x: Doubles, bias: Doubles | undefined) => (bias ? add(x, bias) : x);
const part = (x: Doubles, units: number, index: number) => slice(x, x.shape.length - 1, index * units, units);
const rest = (z: Doubles) => map(z, (element) => 1 - element);

const simpleCell: CellMaker = (call, options, prefix) => {
  const { kernel, recurrent, bias, inner } = gatesOf(call, options, prefix);
  return {
    sizes: [recurrent.shape[0] as number],
    step(x, [h]) {
      const output = inner(add(plus(matmul(x, kernel), bias), matmul(h as Doubles, recurrent)));
      return { output, states: [output] };
    },
  };
};

/** Gates in the order input, forget, candidate, output. */
const lstmCell: CellMaker = (call, options, prefix) => {
  const { kernel, recurrent, bias, inner, gate } = gatesOf(call, options, prefix);
  const units = recurrent.shape[0] as number;
  return {
    sizes: [units, units],
    step(x, [h, c]) {
      const all = plus(add(matmul(x, kernel), matmul(h as Doubles, recurrent)), bias);
      const [input, forget, candidate, out] = [0, 1, 2, 3].map((i) => part(all, units, i)) as [
        Doubles,
        Doubles,
        Doubles,
        Doubles,
      ];
      const carry = add(multiply(gate(forget), c as Doubles), multiply(gate(input), inner(candidate)));
      const output = multiply(gate(out), inner(carry));
      return { output, states: [output, carry] };
    },
  };
};

/** Gates in the order update, reset, candidate. With `reset_after` the bias has two rows: input's and state's. */
const gruCell: CellMaker = (call, options, prefix) => {
  const { kernel, recurrent, bias, inner, gate } = gatesOf(call, options, prefix);
  const units = recurrent.shape[0] as number;
  const after = bias ? bias.shape.length === 2 : options.reset_after !== false;
  const [first, second] = bias && after ? [row(bias, 0), row(bias, 1)] : [bias, undefined];
  return {
    sizes: [units],
    step(x, [state]) {
      const h = state as Doubles;
      const fromInput = plus(matmul(x, kernel), first);
      const fromState = plus(matmul(h, recurrent), second);
      const z = gate(add(part(fromInput, units, 0), part(fromState, units, 0)));
      const r = gate(add(part(fromInput, units, 1), part(fromState, units, 1)));
      const candidate = after
        ? multiply(r, part(fromState, units, 2))
        : matmul(multiply(r, h), part(recurrent, units, 2));
      const proposal = inner(add(part(fromInput, units, 2), candidate));
      const output = add(multiply(z, h), multiply(rest(z), proposal));
      return { output, states: [output] };
    },
  };
};

function row(x: Doubles, index: number): Doubles {
  return reshape(slice(x, 0, index, 1), [x.shape[1] as number]);
}

/** Cells on top of each other; the states stand in the cells' order. */
const stackedCell: CellMaker = (call, options, prefix) => {
  const { cells } = options as { cells?: { class_name: string; config: Options }[] };
  if (!Array.isArray(cells)) throw wrong('a list', `option cells of ${call.path}`, cells);
  const names = groupNames();
  const made = cells.map((cell) => cellOf(cell.class_name, call)(call, cell.config, `${prefix}cells/${names(cell)}/`));
  return {
    sizes: made.flatMap(({ sizes }) => sizes),
    step(x, states) {
      let output = x;
      let used = 0;
      const after: Doubles[] = [];
      for (const cell of made) {
        const step = cell.step(output, states.slice(used, used + cell.sizes.length));
        used += cell.sizes.length;
        output = step.output;
        after.push(...step.states);
      }
      return { output, states: after };
    },
  };
};

const CELLS: Readonly<Record<string, CellMaker>> = {
  SimpleRNNCell: simpleCell,
  LSTMCell: lstmCell,
  GRUCell: gruCell,
  StackedRNNCells: stackedCell,
};

function cellOf(className: string, call: Call): CellMaker {
  const found = CELLS[className];
  if (!found) throw wrong(Object.keys(CELLS).join(', '), `the cell of ${call.path}`, className);
  return found;
}

/** A step that does not count leaves the states as they were and repeats the output before it (0 with `zero_output_for_mask`). */
export function unroll(x: Doubles, call: Call, cell: Cell): LayerResult {
  const { options } = call;
  const [batch, steps] = x.shape as [number, number];
  const mask = countedSteps(x, call);
  let states: readonly Doubles[] | undefined = initialStates(call);
  let output: Doubles | undefined;
  const outputs: Doubles[] = [];
  for (let i = 0; i < steps; i++) {
    const at = options.go_backwards === true ? steps - 1 - i : i;
    const input = reshape(slice(x, 1, at, 1), [batch, ...x.shape.slice(2)]);
    states ??= cell.start?.(input) ?? cell.sizes.map((size) => doubles([batch, size]));
    const earlier = states;
    const step = cell.step(input, earlier);
    const counts = mask && reshape(slice(mask, 1, at, 1), [batch, ...step.output.shape.slice(1).map(() => 1)]);
    const before = output ?? map(step.output, () => 0);
    output = counts ? where(counts, step.output, before) : step.output;
    states = step.states.map((state, s) => (counts ? where(counts, state, earlier[s] as Doubles) : state));
    const shown = counts && options.zero_output_for_mask === true ? multiply(output, counts) : output;
    outputs.push(expand(shown, 1));
  }
  const last = outputs.at(-1);
  if (!last) throw wrong('at least one step', `the input of ${call.path}`, steps);
  const sequences = options.return_sequences === true;
  const answer = sequences ? concat(outputs, 1) : reshape(last, [batch, ...last.shape.slice(2)]);
  const shown = { ...answer, mask: sequences ? maskOf(x, call) : undefined };
  return options.return_state === true ? [shown, ...(states ?? [])] : shown;
}

/** Keras 3 finds the mask of a layer's only tensor: one that is given states too (as a keyword) counts every step. */
function countedSteps(x: Doubles, { keywords: { mask, initial_state: states } }: Call): Doubles | undefined {
  if (isDoubles(mask)) return mask;
  return doublesIn(states).length > 0 ? undefined : x.mask;
}

/** States may come as a keyword, or behind the sequence among the arguments. */
function initialStates(call: Call): Doubles[] | undefined {
  const given = call.keywords.initial_state;
  const states = given === null || given === undefined ? inputsOf(call).slice(1) : doublesIn(given);
  return states.length > 0 ? states : undefined;
}

function recurrent(maker: CellMaker): LayerFunction {
  return (x, call) => unroll(x, call, maker(call, call.options, call.has('cell/kernel') ? 'cell/' : ''));
}

const rnn: LayerFunction = (x, call) => {
  const cell = innerLayer(call, 'cell');
  return unroll(x, call, cellOf(cell.class_name, call)(call, cell.config, 'cell/'));
};

const MERGES: Readonly<Record<string, (a: Doubles, b: Doubles) => Doubles>> = {
  concat: (a, b) => concat([a, b], a.shape.length - 1),
  sum: add,
  ave: (a, b) => map(add(a, b), (sum) => sum / 2),
  mul: multiply,
};

/** The layer forwards and its twin backwards; the twin's steps are put back into order. */
const bidirectional: LayerFunction = (x, call) => {
  const forward = innerLayer(call, 'layer');
  const { backward_layer: given, merge_mode: mode = 'concat' } = call.options;
  const turned = { ...forward, config: { ...forward.config, go_backwards: forward.config.go_backwards !== true } };
  const backward = given ? innerLayer(call, 'backward_layer') : turned;
  const states = initialStates(call);
  const half = (states?.length ?? 0) / 2;
  const mask = countedSteps(x, call);
  const run = (layer: typeof forward, inside: string, initial: Doubles[] | undefined) =>
    call.inner(layer, inside, [{ ...x, mask: undefined }], {
      ...(initial ? { initial_state: initial } : {}),
      ...(mask ? { mask } : {}),
    });
  const [a, ...statesA] = run(forward, 'forward_layer', states?.slice(0, half)) as [Doubles, ...Doubles[]];
  const [b, ...statesB] = run(backward, 'backward_layer', states?.slice(half)) as [Doubles, ...Doubles[]];
  const sequences = forward.config.return_sequences === true;
  const aligned = sequences ? reversed(b) : b;
  const kept = sequences ? maskOf(x, call) : undefined;
  if (mode === null) return [{ ...a, mask: kept }, { ...aligned, mask: kept }, ...statesA, ...statesB];
  const merged = MERGES[String(mode)];
  if (!merged) throw wrong(Object.keys(MERGES).join(', '), `option merge_mode of ${call.path}`, mode);
  return [{ ...merged(a, aligned), mask: kept }, ...statesA, ...statesB];
};

function reversed(x: Doubles): Doubles {
  const steps = x.shape[1] as number;
  return concat(
    Array.from({ length: steps }, (_, i) => slice(x, 1, steps - 1 - i, 1)),
    1,
  );
}

export const RECURRENT: Record<string, Rule> = rules({
  SimpleRNN: recurrent(simpleCell),
  LSTM: recurrent(lstmCell),
  GRU: recurrent(gruCell),
  CuDNNLSTM: recurrent(lstmCell),
  CuDNNGRU: recurrent(gruCell),
  RNN: rnn,
  Bidirectional: bidirectional,
});
