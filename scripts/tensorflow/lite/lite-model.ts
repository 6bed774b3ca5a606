import { MAX_TENSOR_RANK } from '#guards';
import { checkedName, damaged } from './damage.ts';
import { Table } from './flatbuffer.ts';
import { BUILTIN_OPERATORS, type Field, OPTIONS } from './schema.ts';
import { bufferOf, type LiteTensor, readTensor } from './tensors.ts';

/** A number, a flag (0 or 1) or a list of numbers, by the schema's names. */
export type LiteOptions = Readonly<Record<string, number | readonly number[]>>;

export interface LiteOperator {
  /** `CONV_2D`; of a custom operator the name that its maker gave it. */
  readonly name: string;
  readonly custom: boolean;
  /** Numbers of tensors; -1 is an input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: LiteOptions;
}

export interface LiteEnd {
  readonly name: string;
  readonly tensor: number;
}

/** A TensorFlow Lite model. Operators run in their order. Plain data. */
export interface LiteModel {
  readonly tensors: readonly LiteTensor[];
  readonly operators: readonly LiteOperator[];
  readonly inputs: readonly LiteEnd[];
  readonly outputs: readonly LiteEnd[];
  /** Of graphs: more than one means branches, loops or several models. */
  readonly graphs: number;
  readonly description: string;
  readonly metadata: ReadonlyMap<string, Uint8Array>;
}

/** Large graphs of phones have some 2,000 operators. */
const MAX_OPERATORS = 100_000;
const MAX_TENSORS = 400_000;
const MAX_ENDS = 4096;

/** Whether bytes begin as a TensorFlow Lite model does. */
export function looksLikeLite(head: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(head.subarray(4, 8)) === 'TFL3';
}

/**
 * Reads a `.tflite` file. What cannot be converted is part of the answer, to be named all at once by who converts it.
 * @throws ImportError `file-damaged`, `file-hostile`, `limit-exceeded`
 */
export function readLite(bytes: Uint8Array): LiteModel {
  if (!looksLikeLite(bytes)) throw damaged('TFL3', 'the identifier of the file', bytes.subarray(4, 8));
  const model = Table.root(bytes);
  const version = model.number(0, 'uint32');
  if (version !== 3) throw damaged('3', 'the version of the schema', version);
  const graphs = model.tables(2, MAX_ENDS);
  const [graph] = graphs;
  if (!graph) throw damaged('a graph', 'the model', 'none');
  const buffers = model.tables(4, MAX_TENSORS);
  const data = (index: number) => bufferOf(buffers[index], bytes, index);
  const described = graph.tables(0, MAX_TENSORS).map((table, i) => readTensor(table, i, data));
  const codes = model.tables(1, MAX_OPERATORS).map(readCode);
  const operators = graph.tables(3, MAX_OPERATORS).map((table) => readOperator(table, codes));
  const tensors = withEmpty(described, operators, graph.numbers(1, 'int32', MAX_ENDS));
  const signatures = model.tables(7, MAX_ENDS).filter((table) => table.number(4, 'uint32') === 0);
  const named = (slot: number) => (signatures.length === 1 ? readNames(signatures[0] as Table, slot) : new Map());
  const ends = (slot: number, signature: number) =>
    readEnds(graph.numbers(slot, 'int32', MAX_ENDS), named(signature), tensors);
  const read = { tensors, operators, inputs: ends(1, 0), outputs: ends(2, 1) };
  checkOrder(read);
  return {
    ...read,
    graphs: graphs.length,
    description: model.text(3) ?? '',
    metadata: new Map(
      model
        .tables(6, MAX_ENDS)
        .map((table) => [table.text(0) ?? '', data(table.number(1, 'uint32')) ?? new Uint8Array()]),
    ),
  };
}

/** A constant without numbers, as the shape of a single number is, has no bytes either. */
function withEmpty(
  tensors: readonly LiteTensor[],
  operators: readonly LiteOperator[],
  inputs: readonly number[],
): LiteTensor[] {
  const made = new Set([...operators.flatMap(({ outputs }) => outputs), ...inputs]);
  const empty = ({ data, shape }: LiteTensor, i: number) => !data && shape?.includes(0) && !made.has(i);
  return tensors.map((tensor, i) => (empty(tensor, i) ? { ...tensor, data: new Uint8Array() } : tensor));
}

interface Code {
  readonly name: string;
  readonly custom: boolean;
}

function readCode(table: Table): Code {
  // Old files have the number in one byte, new ones in four and 127 in the byte where it does not fit.
  const number = Math.max(table.number(0, 'int8'), table.number(3, 'int32'));
  const name = BUILTIN_OPERATORS[number] ?? `operator ${number}`;
  if (name !== 'CUSTOM') return { name, custom: false };
  return { name: checkedName(table.text(1) || 'a custom operator without a name'), custom: true };
}

function readOperator(table: Table, codes: readonly Code[]): LiteOperator {
  const code = codes[table.number(0, 'uint32')];
  if (!code) throw damaged('a known operator', 'an operator', table.number(0, 'uint32'));
  return {
    ...code,
    inputs: table.numbers(1, 'int32', MAX_ENDS),
    outputs: table.numbers(2, 'int32', MAX_ENDS),
    options: code.custom ? {} : readOptions(table, code.name),
  };
}

function readOptions(table: Table, name: string): LiteOptions {
  const schema = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (!schema) return {};
  const union = table.number(3, 'uint8');
  // None at all means that every option is as usual.
  if (union !== 0 && union !== schema.union) throw damaged(`options of ${name}`, 'an operator', `number ${union}`);
  const options = union === 0 ? undefined : table.table(4);
  return Object.fromEntries(
    Object.entries(schema.fields).map(([key, field]) => [
      key,
      options ? optionOf(options, field) : field.list ? [] : (field.otherwise ?? 0),
    ]),
  );
}

function optionOf(options: Table, { slot, kind, otherwise, list }: Field): number | number[] {
  return list ? options.numbers(slot, kind, MAX_TENSOR_RANK) : options.number(slot, kind, otherwise);
}

/** What a signature calls its tensors. */
function readNames(signature: Table, slot: number): Map<number, string> {
  const maps = signature.tables(slot, MAX_ENDS);
  return new Map(maps.map((map) => [map.number(1, 'uint32'), checkedName(map.text(0) ?? '')]));
}

function readEnds(
  indices: readonly number[],
  names: ReadonlyMap<number, string>,
  tensors: readonly LiteTensor[],
): LiteEnd[] {
  const taken = new Set<string>();
  return indices.map((tensor) => {
    const own = names.get(tensor) || tensors[tensor]?.name;
    if (own === undefined) throw damaged('a tensor that is there', 'an input or output of the graph', tensor);
    let name = own;
    for (let i = 2; taken.has(name); i++) name = `${own}_${i}`;
    taken.add(name);
    return { name, tensor };
  });
}

/** Every operator reads what is there before it, and nothing is made twice. */
function checkOrder({
  tensors,
  operators,
  inputs,
  outputs,
}: Pick<LiteModel, 'tensors' | 'operators' | 'inputs' | 'outputs'>): void {
  if (outputs.length === 0) throw damaged('at least one output', 'the graph', 'none');
  const there = new Set(tensors.flatMap(({ data, refused }, i) => (data || refused ? [i] : [])));
  for (const { tensor } of inputs) there.add(tensor);
  const made = new Set(inputs.map(({ tensor }) => tensor));
  for (const [i, operator] of operators.entries()) {
    const where = `${operator.name}, operator ${i},`;
    for (const input of operator.inputs)
      if (input !== -1 && !there.has(input)) throw damaged('inputs that are made before it', where, input);
    for (const output of operator.outputs) {
      if (!tensors[output] || made.has(output) || tensors[output]?.data)
        throw damaged('results of its own', where, output);
      made.add(output);
      there.add(output);
    }
  }
  for (const { tensor } of outputs) if (!there.has(tensor)) throw damaged('outputs that are made', 'the graph', tensor);
}
