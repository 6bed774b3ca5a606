import { create } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema, type ModelProto, type NodeProto, subgraphs } from '#onnx';
import { heldApart } from './held-apart.ts';

/** What makes each value: in a graph, and in those around it. */
type Makers = ReadonlyMap<string, NodeProto>;

interface Scope {
  /** What the graph is given and has stored, none of which is padded. */
  readonly given: ReadonlySet<string>;
  /** Operators that are functions of the model. */
  readonly functions: ReadonlySet<string>;
}

/**
 * Keeps onnxruntime (up to 1.30) from making a Pad of zeros part of the MaxPool that follows, whose padding counts as minus
 * infinity: where all of a window is negative, it answers another number than the graph says. It leaves pools alone that name
 * a rule, so one without pads of its own names one; any other is held apart from what it reads. In place.
 * @returns how many pools were changed
 */
export function keepPadding(model: ModelProto): number {
  const { graph } = model;
  const functions = new Set(model.functions.map(functionName));
  // It writes functions out before it looks, so that the Pad may be on the other side: what one is given may be padded.
  const inside = model.functions.map((body) => inNodes(body, new Map(), { given: new Set(), functions }));
  const given = new Set([...(graph?.input ?? []), ...(graph?.initializer ?? [])].map(({ name }) => name));
  const outside = graph ? inNodes(graph, new Map(), { given, functions }) : 0;
  return inside.reduce((sum, count) => sum + count, outside);
}

function inNodes(body: { node: NodeProto[] }, around: Makers, scope: Scope): number {
  const makers = new Map([...around, ...body.node.flatMap((node) => node.output.map((name) => [name, node] as const))]);
  let changed = 0;
  body.node = body.node.flatMap((node) => {
    for (const inner of subgraphs(node)) changed += inNodes(inner, makers, scope);
    if (node.opType !== 'MaxPool' || !isStandard(node) || ruled(node)) return [node];
    if (!mayBePadded(node.input[0] ?? '', makers, scope)) return [node];
    changed++;
    return apart(node, unused(`${node.output[0]}_pooled`, makers, scope));
  });
  return changed;
}

function functionName({ domain, name }: { readonly domain: string; readonly name: string }): string {
  return `${domain} ${name}`;
}

function isStandard({ domain }: NodeProto): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function ruled({ attribute }: NodeProto): boolean {
  const rule = attribute.find(({ name }) => name === 'auto_pad');
  return rule !== undefined && new TextDecoder().decode(rule.s) !== 'NOTSET';
}

/** Also through nodes that onnxruntime takes out before it looks. */
function mayBePadded(value: string, makers: Makers, { given, functions }: Scope): boolean {
  const seen = new Set<string>();
  for (let name = value; !seen.has(name); ) {
    seen.add(name);
    const maker = makers.get(name);
    if (!maker) return !given.has(name);
    if (functions.has(functionName({ domain: maker.domain, name: maker.opType }))) return true;
    if (!isStandard(maker)) return false;
    if (maker.opType === 'Pad') return true;
    if (!['Identity', 'Dropout', 'Cast', 'Reshape', 'Transpose'].includes(maker.opType)) return false;
    name = maker.input[0] ?? '';
  }
  return false;
}

function unused(base: string, makers: Makers, { given }: Scope): string {
  let name = base;
  for (let i = 2; makers.has(name) || given.has(name); i++) name = `${base}_${i}`;
  return name;
}

/** @param held what the pool reads from now on, where it has pads of its own */
function apart(pool: NodeProto, held: string): NodeProto[] {
  const pads = pool.attribute.find(({ name }) => name === 'pads')?.ints ?? [];
  if (pads.some((pad) => pad !== 0n)) {
    const [input = ''] = pool.input;
    pool.input[0] = held;
    return [...heldApart(input, held), pool];
  }
  const type = AttributeProto_AttributeType.STRING;
  const rule = create(AttributeProtoSchema, { name: 'auto_pad', type, s: new TextEncoder().encode('VALID') });
  pool.attribute = [...pool.attribute.filter(({ name }) => name !== 'pads' && name !== 'auto_pad'), rule];
  return [pool];
}
