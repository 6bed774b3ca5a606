import { ImportError } from '#guards';
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  TensorProto_DataType,
} from '../schema/onnx_pb.ts';
import { nodesOf, subgraphs } from './walk.ts';

/** Operators that answer otherwise each time. */
const RANDOM = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/**
 * A model that answers at random cannot be verified, and its user would be told something else each time. Neither can one
 * that was exported in training mode: its Dropout drops, its normalization reads the other samples of a batch.
 * @throws ImportError `unsupported-layer`, naming the operators
 */
export function checkRandom({ graph, functions }: ModelProto): void {
  if (!graph) return;
  const read = nodesRead(graph);
  const called = new Set(read.map(({ domain, opType }) => `${domain}::${opType}`));
  const bodies = functions.filter(({ domain, name }) => called.has(`${domain}::${name}`));
  const inBodies = bodies.flatMap(({ node }) => [...nodesOf(node)]);
  const all = [...read, ...inBodies];
  const on = onFlags(graph, all);
  const random = all.filter((node) => isRandom(node, on)).map(placeOf);
  if (random.length > 0) {
    throw new ImportError('unsupported-layer', `The ONNX graph answers at random: ${list(random)}`, {
      details: { operators: random.slice(0, 100) },
      remedy:
        'Export it for inference, without sampling: in PyTorch model.eval() before, and training=TrainingMode.EVAL.',
    });
  }
  // Networks without normalization (NFNet, BiT) normalise their weights so, as PyTorch exports them: no sample is read.
  const fixed = fromWeights(graph);
  const ofSamples = read.filter(({ input }) => !fixed.has(input[0] ?? ''));
  // A function has names of its own, which are no weights.
  const batched = [...ofSamples, ...inBodies].filter(normalizesByBatch).map(placeOf);
  if (batched.length === 0) return;
  throw new ImportError('unsupported-layer', `The ONNX graph answers by the other samples: ${list(batched)}`, {
    details: { operators: batched.slice(0, 100) },
    remedy: 'It was exported in training mode: in PyTorch model.eval() before, and training=TrainingMode.EVAL.',
  });
}

/** The values that are worked out from weights alone. */
function fromWeights({ node, initializer }: GraphProto): ReadonlySet<string> {
  // An input that is left out has no name.
  const fixed = new Set(['', ...initializer.map(({ name }) => name)]);
  for (const one of node) {
    if (subgraphs(one).length > 0 || !one.input.every((name) => fixed.has(name))) continue;
    for (const name of one.output) fixed.add(name);
  }
  return fixed;
}

/** What an output depends on; a branch or a loop's body with whatever it holds. */
function nodesRead(graph: GraphProto): NodeProto[] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const seen = new Set<NodeProto>();
  const names = graph.output.map(({ name }) => name);
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const node = makers.get(name);
    if (!node || seen.has(node)) continue;
    seen.add(node);
    for (const one of nodesOf([node])) names.push(...one.input);
    for (const inner of subgraphs(node)) names.push(...inner.output.map((output) => output.name));
  }
  return [...nodesOf([...seen])];
}

function isRandom({ domain, opType, input }: NodeProto, on: ReadonlySet<string>): boolean {
  if (domain === 'com.microsoft') return opType === 'Sampling';
  if (domain !== '' && domain !== 'ai.onnx') return false;
  return RANDOM.has(opType) || (opType === 'Dropout' && on.has(input[2] ?? ''));
}

function normalizesByBatch({ domain, opType, attribute }: NodeProto): boolean {
  if (opType !== 'BatchNormalization' || (domain !== '' && domain !== 'ai.onnx')) return false;
  return attribute.some(({ name, i }) => name === 'training_mode' && i === 1n);
}

/** What switches a Dropout on: constants that are true, also of functions and branches, and whoever asks the graph. */
function onFlags({ initializer, input }: GraphProto, nodes: readonly NodeProto[]): Set<string> {
  const inner = nodes.flatMap(subgraphs).flatMap((graph) => graph.initializer);
  const constants = [...initializer, ...inner].map((tensor) => [tensor.name, tensor] as const);
  for (const { opType, output, attribute } of nodes) {
    const value = attribute.find(({ name }) => name === 'value')?.t;
    if (opType === 'Constant' && value) constants.push([output[0] ?? '', value]);
  }
  const isTrue = ({ dataType, rawData, int32Data }: TensorProto) =>
    dataType === TensorProto_DataType.BOOL && (rawData[0] === 1 || int32Data[0] === 1);
  const fixed = new Set(initializer.map(({ name }) => name));
  const asked = input.map(({ name }) => name).filter((name) => !fixed.has(name));
  return new Set([...asked, ...constants.filter(([, tensor]) => isTrue(tensor)).map(([name]) => name)]);
}

function placeOf({ opType, name, output }: NodeProto): string {
  return `${opType} (${JSON.stringify(name || (output[0] ?? ''))})`;
}

function list(words: readonly string[]): string {
  return `${words.slice(0, 5).join(', ')}${words.length > 5 ? ', …' : ''}`;
}
