import { create } from '@bufbuild/protobuf';
import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  type TypeProto,
  TypeProtoSchema,
  unusedName,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '#onnx';
import { type Classes, classesOf, listedClasses, ML_DOMAIN } from './classes.ts';
import { widenHalves } from './half-precision.ts';
import { renameValue } from './rename.ts';

/** A classifier that answers its label beside a number for each class, as scikit-learn's are exported. */
export interface Classifier {
  readonly classes: Classes;
  /** The output of labels: numbers of the class in the list where they were text, else the class itself. */
  readonly label: { readonly output: string; readonly holds: 'index' | 'class' };
  /** Whether the label stands there only because it does: text, or beside a map from each class to its number. */
  readonly spare: boolean;
  /** The output of a number for each class. */
  readonly scores: string;
}

interface PlainInterface {
  /** One sentence for each change. */
  readonly notes: readonly string[];
  readonly classifier?: Classifier;
}

/** The newest operator set in which the few operators that are put in front and behind are as they always were. */
const OWN_OPSET = 13n;

/**
 * Makes all that a graph takes and answers tensors of numbers, as requests hold them: maps and sequences become tensors,
 * text labels become numbers of classes, float16 becomes float32. In place.
 * @throws ImportError `unsupported-layer` for what has no such form
 */
export function plainInterface(model: ModelProto): PlainInterface {
  const { graph } = model;
  if (!graph) return { notes: [] };
  withOwnOpset(model);
  const notes: string[] = [];
  const halves = widenHalves(graph);
  if (halves.length > 0)
    notes.push(`${halves.join(', ')} are float16 in the file: they are taken and given as float32.`);
  const listed = takeOffLists(graph);
  if (listed.length > 0) notes.push(`Its lists of tensors ${listed.join(', ')} are answered as an output for each.`);
  const maps = takeOffMaps(graph);
  for (const { output } of maps)
    notes.push(`Its output ${output} maps each class to a number: it answers the numbers alone.`);
  const classifier = classifierOf(graph, maps);
  if (classifier?.label.holds === 'index') encodeLabels(model, graph, classifier);
  const dropped = dropText(graph);
  if (dropped.length > 0)
    notes.push(`Its outputs ${dropped.join(', ')} are text, which no answer holds: they are left out.`);
  refuseOthers(graph);
  return { notes, ...(classifier ? { classifier } : {}) };
}

/** Graphs of trees may name the operator set of trees alone; a Cast in front of them is of ONNX's own. */
function withOwnOpset(model: ModelProto): void {
  if (model.opsetImport.some(({ domain }) => domain === '' || domain === 'ai.onnx')) return;
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: '', version: OWN_OPSET }));
}

interface TakenMap {
  readonly output: string;
  readonly classes: Classes | undefined;
}

/** A ZipMap behind everything else becomes an Identity: its numbers as they were. */
function takeOffMaps(graph: GraphProto): TakenMap[] {
  const found: TakenMap[] = [];
  for (const node of graph.node) {
    if (node.opType !== 'ZipMap' || node.domain !== ML_DOMAIN) continue;
    const info = graph.output.find(({ name }) => name === node.output[0]);
    if (!info) continue;
    const classes = listedClasses(node);
    Object.assign(node, { opType: 'Identity', domain: '', attribute: [] });
    info.type = tensorType(TensorProto_DataType.FLOAT, [null, classes?.names.length ?? null]);
    found.push({ output: info.name, classes });
  }
  return found;
}

/** A list made of tensors behind everything else becomes those tensors, each an output of its own. */
function takeOffLists(graph: GraphProto): string[] {
  const found: string[] = [];
  graph.output = graph.output.flatMap((info) => {
    const maker = graph.node.find(({ output }) => output.includes(info.name));
    const element = info.type?.value.case === 'sequenceType' ? info.type.value.value.elemType : undefined;
    if (maker?.opType !== 'SequenceConstruct' || element?.value.case !== 'tensorType') return [info];
    const type = element;
    found.push(info.name);
    graph.node = graph.node.filter((node) => node !== maker);
    return maker.input.map((input, i) => {
      const name = unusedName(graph, `${info.name}_${i}`);
      graph.node.push(create(NodeProtoSchema, { name, opType: 'Identity', input: [input], output: [name] }));
      return create(ValueInfoProtoSchema, { name, type });
    });
  });
  return found;
}

/** The one output of labels whose classes are known, and the one of as many numbers. */
function classifierOf(graph: GraphProto, maps: readonly TakenMap[]): Classifier | undefined {
  if (graph.output.length !== 2) return undefined;
  const label = graph.output.find((info) => isText(info) || elementOf(info) === TensorProto_DataType.INT64);
  const scores = graph.output.find((info) => isFloat(info));
  if (!label || !scores) return undefined;
  const map = maps.find(({ output }) => output === scores.name);
  const classes = map?.classes ?? classesOf(graph, label.name);
  if (!classes || classes.names.length < 2 || (classes.kind === 'text') !== isText(label)) return undefined;
  return {
    classes,
    label: { output: label.name, holds: isText(label) ? 'index' : 'class' },
    spare: isText(label) || map !== undefined,
    scores: scores.name,
  };
}

/** Puts behind text labels what answers each label's number in the list. */
function encodeLabels(model: ModelProto, graph: GraphProto, { classes, label: { output } }: Classifier): void {
  const info = graph.output.find(({ name }) => name === output) as ValueInfoProto;
  const inner = unusedName(graph, `${output}_text`);
  renameValue(graph, output, inner);
  const encoder = new TextEncoder();
  const strings = classes.names.map((name) => encoder.encode(name));
  const { STRINGS, INTS, INT } = AttributeProto_AttributeType;
  const first = (model.opsetImport.find(({ domain }) => domain === ML_DOMAIN)?.version ?? 1n) < 2n;
  const attribute = first
    ? [create(AttributeProtoSchema, { name: 'classes_strings', type: STRINGS, strings })]
    : [
        create(AttributeProtoSchema, { name: 'keys_strings', type: STRINGS, strings }),
        create(AttributeProtoSchema, { name: 'values_int64s', type: INTS, ints: strings.map((_, i) => BigInt(i)) }),
      ];
  attribute.push(create(AttributeProtoSchema, { name: 'default_int64', type: INT, i: -1n }));
  const node: NodeProto = create(NodeProtoSchema, {
    name: `freezeframe_${output}_index`,
    opType: 'LabelEncoder',
    domain: ML_DOMAIN,
    input: [inner],
    output: [output],
    attribute,
  });
  graph.node.push(node);
  if (info.type?.value.case === 'tensorType') info.type.value.value.elemType = TensorProto_DataType.INT64;
}

function dropText(graph: GraphProto): string[] {
  const text = graph.output.filter(isText);
  if (text.length === graph.output.length) return [];
  graph.output = graph.output.filter((info) => !isText(info));
  return text.map(({ name }) => name);
}

function refuseOthers({ input, output }: GraphProto): void {
  for (const [kind, infos] of [
    ['input', input],
    ['output', output],
  ] as const) {
    for (const info of infos) {
      const holds = info.type?.value.case ?? 'nothing';
      if (holds === 'tensorType' && !isText(info)) continue;
      const received = holds === 'tensorType' ? 'text' : WORDS[holds];
      throw new ImportError('unsupported-layer', expected('a tensor of numbers', `${kind} ${info.name}`, received), {
        details: { [kind]: info.name },
        remedy:
          kind === 'input'
            ? 'Export the part of the model behind what reads it (a vectorizer, an encoder), which takes numbers.'
            : 'Export the model so that it answers tensors of numbers.',
      });
    }
  }
}

const WORDS: Readonly<Record<string, string>> = {
  sequenceType: 'a list',
  mapType: 'a map',
  optionalType: 'what may be absent',
  sparseTensorType: 'a sparse tensor',
};

function elementOf({ type }: ValueInfoProto): number | undefined {
  return type?.value.case === 'tensorType' ? type.value.value.elemType : undefined;
}

function isText(info: ValueInfoProto): boolean {
  return elementOf(info) === TensorProto_DataType.STRING;
}

function isFloat(info: ValueInfoProto): boolean {
  const element = elementOf(info);
  return element === TensorProto_DataType.FLOAT || element === TensorProto_DataType.DOUBLE;
}

function tensorType(elemType: number, dims: readonly (number | null)[]): TypeProto {
  const dim = dims.map((size) => (size === null ? {} : { value: { case: 'dimValue' as const, value: BigInt(size) } }));
  return create(TypeProtoSchema, { value: { case: 'tensorType', value: { elemType, shape: { dim } } } });
}
