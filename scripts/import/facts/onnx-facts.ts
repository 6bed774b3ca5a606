import type { Engine, EngineTensor } from '@freezeframe/inference';
import type { GraphProto } from '#onnx';
import type { ImportedOnnxModel } from '#read';
import { ownRange } from '../onnx/own-range.ts';
import { kerasApplication } from './keras-application.ts';
import { type ModelFacts, type PictureFacts, pictureFacts } from './model-facts.ts';

export interface OnnxFacts extends ModelFacts {
  /** The order of the picture's axes, where it takes one. */
  readonly order?: 'channels-first' | 'channels-last';
}

/**
 * What decides how the graph is imported; shapes as onnxruntime infers them.
 * @param imported what the file told of the graph
 */
export function onnxFacts(
  graph: GraphProto,
  { inputs, outputs }: Pick<Engine, 'inputs' | 'outputs'>,
  { layers = namesIn(graph), framework }: Pick<ImportedOnnxModel, 'layers' | 'framework'> = {},
): OnnxFacts {
  const found = inputs.length === 1 && inputs[0] ? pictureOf(inputs[0]) : undefined;
  const own = found && ownOf(graph, inputs[0] as EngineTensor);
  const application = found && kerasApplication(layers, outputs);
  return {
    inputs: inputs.map(({ name, shape, datatype }) => ({ name, shape, integers: !datatype.startsWith('FP') })),
    outputs: outputs.map(({ name, shape }) => ({ name, shape })),
    activation: lastActivation(graph, outputs[0]?.name ?? ''),
    ...(found ?? {}),
    ...(own ? { own } : {}),
    ...(application ? { application } : {}),
    ...(framework?.startsWith('pytorch') ? { pytorch: true } : {}),
  };
}

/** What converters keep of the names of layers. */
function namesIn({ node, initializer }: GraphProto): string[] {
  return [...node.flatMap(({ name, output }) => [name, ...output]), ...initializer.map(({ name }) => name)];
}

function ownOf(graph: GraphProto, { name, datatype }: EngineTensor): ModelFacts['own'] {
  return datatype === 'UINT8' ? { takes: 'bytes', reason: 'its input is uint8' } : ownRange(graph, name);
}

/** ONNX's own order comes first where both would do. */
function pictureOf({ shape, datatype }: EngineTensor): Pick<OnnxFacts, 'picture' | 'order'> | undefined {
  if (shape.length !== 4 || (datatype !== 'FP32' && datatype !== 'UINT8')) return undefined;
  const [, a, b, c] = shape;
  const first: PictureFacts | undefined = pictureFacts(b, c, a);
  if (first) return { picture: first, order: 'channels-first' };
  const last = pictureFacts(a, b, c);
  return last ? { picture: last, order: 'channels-last' } : undefined;
}

/** Operators that leave an answer's numbers what they are, but for their rounding. */
const KEEPS_NUMBERS = new Set([
  'Identity',
  'QuantizeLinear',
  'DequantizeLinear',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Cast',
  'Dropout',
  'Transpose',
]);

/** Those named QLinear compute in eight bits. */
const SOFTMAXES = new Set(['Softmax', 'QLinearSoftmax']);
const SIGMOIDS = new Set(['Sigmoid', 'HardSigmoid', 'QLinearSigmoid']);

/** What an output went through last. */
export function lastActivation(graph: GraphProto, output: string): ModelFacts['activation'] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  let name = output;
  // A chain is at most as long as the graph: what reads itself was refused before.
  for (let i = 0; i <= graph.node.length; i++) {
    const node = makers.get(name);
    if (!node) return 'none';
    const { opType } = node;
    if (SOFTMAXES.has(opType)) return 'softmax';
    if (SIGMOIDS.has(opType)) return 'sigmoid';
    if (!KEEPS_NUMBERS.has(opType)) return 'none';
    name = node.input[0] ?? '';
  }
  return 'none';
}
