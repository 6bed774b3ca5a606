import { expected } from '@freezeframe/inference';
import * as z from 'zod';
import { checkLimit, ImportError } from '#guards';
import type { Shape } from '#keras';
import { type Attributes, attributeSchema, datatypeOf, shapeOf, shapeSchema, typeSchema } from './attributes.ts';

/** One result of a node. */
export interface Edge {
  readonly node: string;
  readonly index: number;
}

export interface GraphNode {
  readonly name: string;
  /** TensorFlow's operator: `Conv2D`. */
  readonly op: string;
  readonly inputs: readonly Edge[];
  readonly attributes: Attributes;
}

export interface GraphInput {
  /** As the signature calls it, or the node's name. */
  readonly name: string;
  readonly node: string;
  readonly datatype: 'float32' | 'int32' | 'bool';
  /** Undefined where the file does not even tell the rank. */
  readonly shape: Shape | undefined;
}

/** A TensorFlow.js graph model: TensorFlow's operators, and its constants by the names of their nodes. Plain data. */
export interface GraphModel {
  readonly inputs: readonly GraphInput[];
  /** All that the outputs need, each after those it reads. */
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly { readonly name: string; readonly edge: Edge }[];
  readonly weights: ReadonlyMap<string, DecodedWeight>;
}

/** What a file says of a graph. */
export interface GraphJson {
  /** The file's name, for errors. */
  readonly entry: string;
  /** `modelTopology`. */
  readonly topology: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Graphs of object detectors have some 5,000. */
const MAX_NODES = 100_000;

const name = z.string().min(1).max(1000);
const nodeSchema = z.object({
  name,
  op: z.string().min(1).max(200),
  input: z.array(z.string().max(1002)).max(10_000).default([]),
  attr: z.record(z.string(), attributeSchema).default({}),
});
const endpointSchema = z.object({
  name: name.optional(),
  dtype: typeSchema.optional(),
  tensorShape: shapeSchema.optional(),
});
const signatureSchema = z.object({
  inputs: z.record(name, endpointSchema).optional(),
  outputs: z.record(name, endpointSchema).optional(),
});

type Signature = z.output<typeof signatureSchema>;

/**
 * Reads the nodes of a graph model.
 * @throws ImportError `file-damaged` for nodes that read what is not there, run in a circle or share a name,
 *   `limit-exceeded`, `file-hostile` for names with control characters
 */
export function readGraph({ topology, json, entry }: GraphJson, weights: readonly DecodedWeight[]): GraphModel {
  const list = topology.node as unknown[];
  checkLimit(list.length, MAX_NODES, 'nodes', entry);
  const all = new Map<string, GraphNode>();
  for (const { name, op, input, attr } of parse(z.array(nodeSchema), list, `modelTopology of ${entry}`)) {
    if (all.has(name)) throw damaged('one node of each name', entry, name);
    // `^name` only says what must run before.
    const inputs = input.filter((text) => !text.startsWith('^')).map(edgeOf);
    all.set(checkedName(name), { name, op, inputs, attributes: attr });
  }
  const metadata = json.userDefinedMetadata as { signature?: unknown } | null | undefined;
  const signature = parse(signatureSchema, json.signature ?? metadata?.signature ?? {}, `the signature of ${entry}`);
  const outputs = outputsOf(signature, all);
  const nodes = inOrder(
    all,
    outputs.map(({ edge }) => edge.node),
  );
  return { inputs: inputsOf(signature, nodes), nodes, outputs, weights: new Map(weights.map((w) => [w.name, w])) };
}

/** `conv`, `split:1`, and as TensorFlow.js's own tools write them `split:output:1`. */
function edgeOf(text: string): Edge {
  const [node = '', ...rest] = text.split(':');
  const index = Number(rest.at(-1) ?? 0);
  return { node, index: Number.isInteger(index) && index >= 0 ? index : 0 };
}

function outputsOf({ outputs }: Signature, all: ReadonlyMap<string, GraphNode>): GraphModel['outputs'] {
  const told = Object.entries(outputs ?? {}).map(([key, { name }]) => ({
    name: checkedName(key),
    edge: edgeOf(name ?? key),
  }));
  if (told.length > 0) return told;
  const read = new Set([...all.values()].flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  const last = [...all.values()].filter(
    ({ name, op }) => !read.has(name) && !['Const', 'NoOp', 'Placeholder'].includes(op),
  );
  return last.map(({ name }) => ({ name, edge: { node: name, index: 0 } }));
}

const INPUTS = new Set(['Placeholder', 'PlaceholderWithDefault']);

export function isInput({ op }: GraphNode): boolean {
  return INPUTS.has(op);
}

function inputsOf({ inputs }: Signature, nodes: readonly GraphNode[]): GraphInput[] {
  const told = new Map(
    Object.entries(inputs ?? {}).map(([key, value]) => [edgeOf(value.name ?? key).node, { key, ...value }]),
  );
  // In the order of the signature, as far as there is one.
  const order = [...told.keys()];
  const rank = (node: string) => (told.has(node) ? order.indexOf(node) : order.length);
  return nodes
    .filter(isInput)
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ name, attributes }) => {
      const signed = told.get(name);
      const datatype = datatypeOf(attributes.dtype?.type ?? signed?.dtype ?? 'DT_FLOAT');
      if (!datatype) throw damaged('float32, int32 or bool', `the input ${name}`, attributes.dtype?.type);
      const shape = shapeOf(signed?.tensorShape) ?? shapeOf(attributes.shape?.shape);
      return { name: checkedName(signed?.key ?? name), node: name, datatype, shape };
    });
}

/** What the outputs need, each node after those that it reads. Without calls of itself: graphs are thousands of nodes deep. */
function inOrder(all: ReadonlyMap<string, GraphNode>, ends: readonly string[]): GraphNode[] {
  if (ends.length === 0) throw damaged('at least one output', 'the graph', []);
  const ordered: GraphNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = ends.toReversed().map((node) => ({ node, from: 'the outputs' }));
  while (stack.length > 0) {
    const { node: name, from } = stack.at(-1) as (typeof stack)[number];
    const node = all.get(name);
    if (!node) throw damaged('a node that is there', `an input of ${from}`, name);
    if (state.get(name) === undefined) {
      state.set(name, 'open');
      // The way back of a loop is no damage: what writes the graph refuses loops by name.
      if (node.op === 'NextIteration') continue;
      for (const input of node.inputs) {
        if (state.get(input.node) === 'open')
          throw damaged('nodes that can run one after another', 'the graph', [name, input.node]);
        if (state.get(input.node) === undefined) stack.push({ node: input.node, from: name });
      }
      continue;
    }
    stack.pop();
    if (state.get(name) === 'open') ordered.push(node);
    state.set(name, 'done');
  }
  return ordered;
}

function checkedName(text: string): string {
  if (!/\p{Cc}/u.test(text)) return text;
  throw new ImportError('file-hostile', expected('a name without control characters', 'a node', text));
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged('TensorFlow’s graph as JSON', where, `${issue?.path.join('.')}: ${issue?.message}`);
}

function damaged(what: string, where: string, received: unknown): ImportError {
  return new ImportError('file-damaged', expected(what, where, received), {
    remedy: 'Export the model again with tensorflowjs_converter.',
  });
}

/** A constant of a graph. */
export interface DecodedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
  /** Of `data`: float32, int32 or bool (one byte each, 0 or 1). */
  readonly datatype: 'float32' | 'int32' | 'bool';
}
