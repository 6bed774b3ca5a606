import { checkLimit } from '#guards';
import type { Shape } from '#keras';
import { DATATYPE_NUMBERS, type Datatype, GraphBuilder, type Value } from '#onnx';
import { type LiteEnd, type LiteModel, type LiteTensor, type LiteType, READ_TYPES } from '#tensorflow';
import { Constants } from '../tensorflow/emission.ts';
import { given, Refused } from '../tensorflow/operand.ts';
import { type UnsupportedNode, unsupportedOperators } from '../unsupported-operators.ts';
import type { LiteOperand } from './emission.ts';
import { emitOperator } from './emit-operator.ts';
import type { Writing } from './operands.ts';
import { OPERATOR_NAMES } from './operators/index.ts';
import { realValue, type Scale, scaleOf, storedValue } from './quantization.ts';

const { int32: INT32, int64: INT64, int8: INT8, uint8: UINT8 } = DATATYPE_NUMBERS;

/** How the graph takes and answers quantized tensors. */
interface LiteInterface {
  /** `own` as the file stores them, `bytes` uint8 whatever the file has, `real` numbers in float32. */
  readonly inputs: 'own' | 'bytes' | 'real';
  readonly outputs: 'own' | 'real';
}

export interface EmitLiteOptions extends LiteInterface {
  /** `exact` computes with the file's stored numbers, `float32` with what they stand for. */
  readonly precision: 'exact' | 'float32';
  /** Whether the results of all operators are outputs, to be looked at one by one. */
  readonly traced?: boolean;
}

export interface EmittedEnd {
  readonly name: string;
  readonly shape: Shape;
  readonly datatype: Datatype;
}

export interface EmittedLite {
  readonly onnx: Uint8Array;
  /** What the graph takes and answers, in the model's order. */
  readonly inputs: readonly EmittedEnd[];
  readonly outputs: readonly EmittedEnd[];
  /** Where it is traced: what each tensor is called; stored numbers are uint8. */
  readonly trace: ReadonlyMap<number, string>;
}

/**
 * Writes a TensorFlow Lite model as ONNX. Pictures keep TensorFlow's order, [batch, height, width, channels].
 * @throws FreezeframeError `unsupported-layer` once, naming *all* that cannot be written
 */
export function emitLite(model: LiteModel, options: EmitLiteOptions): EmittedLite {
  const graph = new GraphBuilder();
  const constants = new Constants(graph);
  const operands = new Map<number, LiteOperand>();
  const [inputs, outputs]: [EmittedEnd[], EmittedEnd[]] = [[], []];
  const problems: UnsupportedNode[] = [];
  const writing: Writing = { constants, model, exact: options.precision === 'exact', operands };
  if (model.graphs > 1) problems.push({ node: 'the file', op: 'CALL', reason: `it holds ${model.graphs} graphs` });
  for (const { name, tensor } of model.inputs) {
    attempt(problems, name, 'input', () => inputs.push(emitInput(writing, name, tensor, options)));
  }
  const names = outputNames(model);
  for (const name of names) graph.reserve(name);
  const missing = new Set(model.inputs.filter(({ tensor }) => !operands.has(tensor)).map(({ tensor }) => tensor));
  for (const [i, operator] of model.operators.entries()) {
    // What needs something that could not be written is not named: that is.
    const blocked = operator.inputs.some((index) => missing.has(index));
    const written =
      !blocked &&
      attempt(problems, model.tensors[operator.outputs[0] ?? -1]?.name ?? `operator ${i}`, operator.name, () => {
        for (const [index, operand] of emitOperator(writing, operator)) operands.set(index, limited(operand));
      });
    if (!written) for (const index of operator.outputs) missing.add(index);
    // One that waits for something refused may itself be of a kind that nobody knows.
    if (blocked && (operator.custom || !OPERATOR_NAMES.includes(operator.name)))
      problems.push({ node: `operator ${i}`, op: operator.name, reason: UNKNOWN });
  }
  for (const [i, end] of model.outputs.entries()) {
    if (missing.has(end.tensor)) continue;
    attempt(problems, end.name, 'output', () => outputs.push(emitOutput(writing, end, names[i] as string, options)));
  }
  if (problems.length > 0) {
    const details = { supported: OPERATOR_NAMES, types: READ_TYPES };
    throw unsupportedOperators(problems, model.operators.length, OPERATOR_NAMES, details);
  }
  const trace = options.traced ? traced(writing) : new Map<number, string>();
  return { onnx: graph.build(), inputs, outputs, trace };
}

const UNKNOWN = 'this operator is not known';

/** Whether it went well; what could not be done is noted. */
function attempt(problems: UnsupportedNode[], node: string, op: string, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problems.push({ node, op, reason: error.message });
    return false;
  }
}

const DATATYPES: Partial<Record<LiteType, Datatype>> = {
  FLOAT32: 'float32',
  INT32: 'int32',
  INT64: 'int64',
  UINT8: 'uint8',
  INT8: 'int8',
  BOOL: 'bool',
};

function datatypeOf({ type }: LiteTensor): Datatype {
  const datatype = DATATYPES[type];
  if (datatype) return datatype;
  throw new Refused(`numbers of ${type}`);
}

function emitInput(
  { constants: { graph }, model, exact, operands }: Writing,
  name: string,
  index: number,
  { inputs }: LiteInterface,
): EmittedEnd {
  const tensor = model.tensors[index] as LiteTensor;
  if (tensor.refused) throw new Refused(tensor.refused);
  const { shape } = tensor;
  if (!shape) throw new Refused('the file does not tell its shape');
  if (tensor.open) throw new Refused('its shape is left open');
  checkSize(shape, name);
  const scale = scaleOf(tensor);
  const datatype = scale && inputs !== 'own' ? (inputs === 'real' ? 'float32' : 'uint8') : datatypeOf(tensor);
  const value: Value = { name: graph.input(name, datatype, shape), shape, datatype, layout: 'channels-last' };
  const end = { name, shape, datatype };
  if (!scale) {
    operands.set(index, { tensor, operand: () => given(value) });
    return end;
  }
  const isReal = datatype === 'float32';
  const stored = () => (isReal ? storedValue(graph, value, scale) : unsigned(graph, value));
  const real = () => (isReal ? value : realValue(graph, unsigned(graph, value), scale));
  const written = given(exact ? stored() : real());
  operands.set(index, { tensor, operand: () => written, ...(exact ? { scale } : {}) });
  return end;
}

/** Elements of one tensor: 256 MB of float32. */
const MAX_ELEMENTS = 2 ** 26;

function checkSize(shape: Shape, name: string): void {
  const elements = shape.reduce<number>((n, size) => n * (size ?? 1), 1);
  checkLimit(elements, MAX_ELEMENTS, 'numbers', `the tensor ${name}`);
}

function limited(found: LiteOperand): LiteOperand {
  const operand = found.tensor.data ? undefined : found.operand();
  if (operand?.kind === 'value') checkSize(operand.value.shape, found.tensor.name);
  return found;
}

/** Shifted from -128..127 to 0..255. */
function unsigned(graph: GraphBuilder, value: Value): Value {
  if (value.datatype !== 'int8') return value;
  const wide = graph.op('Cast', [value.name], { to: INT32 });
  const shifted = graph.op('Add', [wide, graph.constant('int32', [128], [])]);
  return { ...value, name: graph.op('Cast', [shifted], { to: UINT8 }), datatype: 'uint8' };
}

function signed(graph: GraphBuilder, value: Value): Value {
  const wide = graph.op('Cast', [value.name], { to: INT32 });
  const shifted = graph.op('Sub', [wide, graph.constant('int32', [128], [])]);
  return { ...value, name: graph.op('Cast', [shifted], { to: INT8 }), datatype: 'int8' };
}

function emitOutput(
  { constants, operands }: Writing,
  end: LiteEnd,
  name: string,
  { outputs }: LiteInterface,
): EmittedEnd {
  const { graph } = constants;
  const found = operands.get(end.tensor);
  const operand = found?.operand();
  if (!found || operand?.kind !== 'value') throw new Refused('it is not computed from an input');
  const { value } = operand;
  const plain = graph.toLayout(ownValue(graph, value, found, outputs), 'channels-last');
  graph.node('Identity', [plain.name], [name]);
  graph.output(name, plain.datatype, plain.shape);
  return { name, shape: plain.shape, datatype: plain.datatype };
}

function ownValue(
  graph: GraphBuilder,
  value: Value,
  { tensor, scale }: LiteOperand,
  outputs: LiteInterface['outputs'],
): Value {
  const own: Scale | undefined = scaleOf(tensor);
  if (!own) {
    const datatype = datatypeOf(tensor);
    if (value.datatype === datatype) return value;
    if (value.datatype !== 'int32' || datatype !== 'int64')
      throw new Refused(`${value.datatype} instead of ${datatype}`);
    return { ...value, name: graph.op('Cast', [value.name], { to: INT64 }), datatype };
  }
  if (outputs === 'real') return scale ? realValue(graph, value, scale) : value;
  const stored = scale ? value : storedValue(graph, value, own);
  return tensor.type === 'INT8' ? signed(graph, stored) : stored;
}

/** The signature's names, different from the inputs'. */
function outputNames({ inputs, outputs }: LiteModel): string[] {
  const taken = new Set(inputs.map(({ name }) => name));
  return outputs.map(({ name }) => {
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return free;
  });
}

/** Makes an output of every result. */
function traced({ constants, operands, model }: Writing): Map<number, string> {
  const { graph } = constants;
  const made = new Set(model.operators.flatMap(({ outputs }) => outputs));
  const names = new Map<number, string>();
  for (const [index, found] of operands) {
    const operand = made.has(index) ? found.operand() : undefined;
    if (operand?.kind !== 'value') continue;
    const { name, shape, datatype } = graph.toLayout(operand.value, 'channels-last');
    const output = graph.op('Identity', [name]);
    graph.output(output, datatype, shape);
    names.set(index, output);
  }
  return names;
}
