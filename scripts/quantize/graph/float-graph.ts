import { clone, create, toBinary } from '@bufbuild/protobuf';
import { createEngine, type TensorData } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import { type GraphProto, type ModelProto, ModelProtoSchema, TensorProto_DataType, ValueInfoProtoSchema } from '#onnx';
import type { QuantizeSubject } from '../subject.ts';
import { opsetOf } from '../write/rewrite.ts';
import { hasBias } from '../write/weights.ts';
import { normalize } from './normalize.ts';
import { readPictureBytes } from './picture-bytes.ts';
import { planUnits } from './plan.ts';
import { simplified } from './simplify.ts';

/** A float graph as it is quantized, and which of its values are looked at for that. */
export interface FloatGraph {
  readonly model: ModelProto;
  /** Values whose ranges are wanted. */
  readonly roots: ReadonlySet<string>;
  /** Values whose channels' means are wanted. */
  readonly channels: ReadonlySet<string>;
  /** What can compute with stored numbers, by the name of what it gives. */
  readonly units: readonly string[];
  /** Values whose nodes stay in float. */
  readonly left: ReadonlySet<string>;
  /** A squeeze-and-excitation or a SiLU: what multiplies by a sigmoid. */
  readonly gated: boolean;
}

/** @param sample one run's inputs: sizes of values are found by running it */
export async function openFloatGraph(subject: QuantizeSubject, sample: Samples): Promise<FloatGraph> {
  const model = await simplified(subject.onnx);
  const graph = model.graph as GraphProto;
  const looked = graph.node.filter(({ opType }) => opType === 'ReduceMean' || opType === 'BatchNormalization');
  const values = await valuesOf(
    model,
    looked.map(({ input }) => input[0] as string),
    sample,
  );
  normalize(graph, new Map([...values].map(([name, { shape }]) => [name, shape])));
  readPictureBytes(graph, opsetOf(model));
  const left = outsideOf(graph, subject);
  const { units } = planUnits(graph, opsetOf(model), left);
  const biased = units.filter(({ kind, node }) => kind === 'weighted' && hasBias(node));
  return {
    model,
    roots: new Set(units.flatMap(({ inputs, output, stored }) => (stored ? [...inputs, output] : inputs))),
    channels: new Set(biased.map(({ inputs }) => inputs[0] as string)),
    units: units.flatMap(({ node, kind }) =>
      kind === 'weighted' || kind === 'computed' ? [node.output[0] as string] : [],
    ),
    left,
    gated: hasGates(graph),
  };
}

/** What does not lead to the answer (heat maps, distances), and what is multiplied with weights that are to stay. */
function outsideOf(graph: GraphProto, { answers, floatWeights }: QuantizeSubject): Set<string> {
  const leading = new Set([answers.name]);
  const left = new Set<string>();
  for (const node of [...graph.node].reverse()) {
    const leads = node.output.some((name) => leading.has(name));
    if (leads) for (const name of node.input) leading.add(name);
    if (!leads || node.input.some((name) => floatWeights?.has(name))) left.add(node.output[0] as string);
  }
  return left;
}

/** Serialized, with more outputs. */
export function withOutputs(model: ModelProto, names: Iterable<string>, elemType: number): Uint8Array {
  const copy = clone(ModelProtoSchema, model);
  const graph = copy.graph as GraphProto;
  const known = new Set(graph.output.map(({ name }) => name));
  for (const name of new Set(names)) {
    if (known.has(name)) continue;
    graph.output.push(
      create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType } } } }),
    );
  }
  return toBinary(ModelProtoSchema, copy);
}

async function valuesOf(model: ModelProto, names: readonly string[], sample: Samples) {
  if (names.length === 0) return new Map<string, TensorData>();
  const engine = await createEngine(withOutputs(model, names, TensorProto_DataType.FLOAT));
  try {
    return new Map(Object.entries(await engine.run(sample, names)));
  } finally {
    await engine.close();
  }
}

const GATES = ['Sigmoid', 'HardSigmoid', 'HardSwish', 'Swish'];

function hasGates({ node }: GraphProto): boolean {
  const gates = new Set(node.flatMap(({ opType, output }) => (GATES.includes(opType) ? output : [])));
  return node.some(
    ({ opType, input }) => opType === 'HardSwish' || (opType === 'Mul' && input.some((name) => gates.has(name))),
  );
}
