import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  subgraphs,
  TensorProto_DataType,
  TensorProtoSchema,
  unusedName,
} from '#onnx';

/** Since opset 11 a Pad takes its pads and its value as inputs. */
const PADS_ARE_INPUTS = 11n;

/**
 * Makes every MaxPool behind a Pad name a rule instead of numbers. onnxruntime (up to 1.30) makes a Pad of zeros part of the
 * MaxPool that follows, whose padding counts as minus infinity: where all of a window is negative, it answers another
 * number than the graph says. It leaves pools alone that name a rule. A pool's own pads become a Pad of minus infinity.
 * In place.
 * @returns how many pools were changed
 */
export function keepPadding(model: ModelProto): number {
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0n;
  return model.graph ? inGraph(model.graph, opset) : 0;
}

function inGraph(graph: GraphProto, opset: bigint): number {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  let changed = 0;
  graph.node = graph.node.flatMap((node) => {
    for (const inner of subgraphs(node)) changed += inGraph(inner, opset);
    if (node.opType !== 'MaxPool' || node.domain !== '' || ruled(node)) return [node];
    if (!comesFromPad(node.input[0] ?? '', makers)) return [node];
    changed++;
    const pads = node.attribute.find(({ name }) => name === 'pads')?.ints ?? [];
    node.attribute = node.attribute.filter(({ name }) => name !== 'pads' && name !== 'auto_pad');
    const type = AttributeProto_AttributeType.STRING;
    const rule = new TextEncoder().encode('VALID');
    node.attribute.push(create(AttributeProtoSchema, { name: 'auto_pad', type, s: rule }));
    if (pads.every((pad) => pad === 0n)) return [node];
    const padded = minusInfinity(graph, node.input[0] as string, pads, opset);
    node.input[0] = padded.output[0] as string;
    return [padded, node];
  });
  return changed;
}

function ruled({ attribute }: NodeProto): boolean {
  const rule = attribute.find(({ name }) => name === 'auto_pad');
  return rule !== undefined && new TextDecoder().decode(rule.s) !== 'NOTSET';
}

/** Also through nodes that onnxruntime takes out before it looks. */
function comesFromPad(value: string, makers: ReadonlyMap<string, NodeProto>): boolean {
  const seen = new Set<string>();
  for (let name = value; !seen.has(name); ) {
    seen.add(name);
    const maker = makers.get(name);
    if (maker?.domain !== '') return false;
    if (maker.opType === 'Pad') return true;
    if (!['Identity', 'Dropout', 'Cast', 'Reshape', 'Transpose'].includes(maker.opType)) return false;
    name = maker.input[0] ?? '';
  }
  return false;
}

/** @param pads of the spatial axes, begins and ends */
function minusInfinity(graph: GraphProto, input: string, pads: readonly bigint[], opset: bigint): NodeProto {
  const half = pads.length / 2;
  const all = [0n, 0n, ...pads.slice(0, half), 0n, 0n, ...pads.slice(half)];
  const output = unusedName(graph, `${input}_padded`);
  const node = create(NodeProtoSchema, { name: output, opType: 'Pad', input: [input], output: [output] });
  if (opset >= PADS_ARE_INPUTS) {
    const [where, value] = [unusedName(graph, `${output}_pads`), unusedName(graph, `${output}_value`)];
    const dims = [BigInt(all.length)];
    graph.initializer.push(
      create(TensorProtoSchema, { name: where, dataType: TensorProto_DataType.INT64, dims, int64Data: all }),
      create(TensorProtoSchema, {
        name: value,
        dataType: TensorProto_DataType.FLOAT,
        floatData: [Number.NEGATIVE_INFINITY],
      }),
    );
    node.input.push(where, value);
  } else {
    const { INTS, FLOAT } = AttributeProto_AttributeType;
    const attributes: AttributeProto[] = [
      create(AttributeProtoSchema, { name: 'pads', type: INTS, ints: all }),
      create(AttributeProtoSchema, { name: 'value', type: FLOAT, f: Number.NEGATIVE_INFINITY }),
    ];
    node.attribute.push(...attributes);
  }
  return node;
}
