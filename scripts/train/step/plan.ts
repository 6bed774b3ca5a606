import { expected, FreezeframeError } from '@freezeframe/inference';
import {
  type ConvolutionConfig,
  convolutionShape,
  type LayerDefinition,
  type PoolingConfig,
  type ResolvedLayer,
  resolveLayers,
} from '#convert';
import { type KerasModel, type LayerConfig, readTopology, type Shape, type WeightSpec } from '#keras';
import { canPool, type PooledConvolutionConfig, pooledConvolution } from '../convolutions/pooled-convolution.ts';
import { pooledConvolution2d } from '../gradients/convolutions.ts';
import { ruleOf } from '../gradients/index.ts';
import type { GradientRule } from '../gradients/rule.ts';
import { FUSED_ACTIVATIONS, type FusedActivation, type LossName } from './losses.ts';

interface Node {
  readonly path: string;
  readonly layer: LayerConfig;
  readonly definition: LayerDefinition;
  readonly rule: GradientRule | undefined;
  readonly config: unknown;
  /** Ids of tensors. */
  readonly inputs: readonly string[];
  readonly output: string;
}

/** One layer in the order of the forward pass, ready to be written. */
export interface PlannedLayer extends Node {
  /** Runs as it answers, without a gradient: nothing before it or in it is trained. */
  readonly frozen: boolean;
  /** Something in it or before it is trained. */
  readonly needsGradient: boolean;
  /** Something before it is trained. */
  readonly needsInputGradient: boolean;
}

export interface TrainingPlan {
  readonly layers: readonly PlannedLayer[];
  readonly weights: readonly (WeightSpec & { readonly key: string })[];
  readonly input: string;
  readonly output: string;
  /** In Keras's order, batch axis null. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Elements of the largest value between two layers, for one sample; a pool's convolution included. */
  readonly largest: number;
  /** The last activation, when it belongs to the loss and is not in `layers`. */
  readonly activation: FusedActivation | undefined;
}

/**
 * Reads a config for training: what runs in which order, what is trained, which activation belongs to the loss.
 * @throws FreezeframeError `unsupported-layer`; `unsupported-training` naming every layer that cannot be trained
 */
export function planTraining(config: KerasModel['config'], loss: LossName): TrainingPlan {
  const topology = readTopology(config);
  const [input, ...moreInputs] = topology.inputs;
  const [output, ...moreOutputs] = topology.outputs;
  if (!input || !output || moreInputs.length + moreOutputs.length > 0) {
    const count = `${topology.inputs.length} and ${topology.outputs.length}`;
    throw new FreezeframeError('unsupported-training', expected('one input and one output', 'a model to train', count));
  }
  const resolved = resolveLayers(topology.nodes);
  const nodes = topology.nodes.map((node, i) => withLayer(node, resolved[i] as ResolvedLayer));
  const { nodes: headless, activation } =
    loss === 'crossentropy' ? splitHead(nodes, output) : { nodes, activation: undefined };
  return plan(joinPools(headless, output), input, output, activation);
}

function withLayer(node: Omit<Node, keyof ResolvedLayer | 'rule'>, layer: ResolvedLayer): Node {
  return { ...node, ...layer, rule: ruleOf(layer.definition) };
}

/** Takes the last layer's softmax or sigmoid away, where there is one. */
function splitHead(nodes: readonly Node[], output: string): { nodes: Node[]; activation: FusedActivation | undefined } {
  const last = nodes.find((node) => node.output === output);
  if (!last) return { nodes: [...nodes], activation: undefined };
  const name = last.definition.activation?.(last.config);
  const fused = FUSED_ACTIVATIONS.find((known) => known === name);
  if (!fused) return { nodes: [...nodes], activation: undefined };
  const [bare] = resolveLayers([{ path: last.path, layer: withoutActivation(last.layer) }]) as [ResolvedLayer];
  return { nodes: nodes.map((node) => (node === last ? withLayer(node, bare) : node)), activation: fused };
}

function withoutActivation(layer: LayerConfig): LayerConfig {
  const class_name = layer.class_name === 'Softmax' ? 'Activation' : layer.class_name;
  return { ...layer, class_name, config: { ...layer.config, activation: 'linear' } };
}

/** Makes one layer of each convolution whose only reader is a pool that it can be trained with. */
function joinPools(nodes: readonly Node[], output: string): Node[] {
  const readers = (id: string) => nodes.filter((node) => node.inputs.includes(id));
  const gone = new Set<Node>();
  const joined = nodes.map((node): Node => {
    const [reader, ...others] = readers(node.output);
    const pair = node.definition.className === 'Conv2D' && reader?.definition.className === 'MaxPooling2D';
    if (!pair || others.length > 0 || node.output === output) return node;
    const convolution = node.config as ConvolutionConfig;
    const pool = reader.config as PoolingConfig;
    if (!canPool(convolution, pool)) return node;
    gone.add(reader);
    const config: PooledConvolutionConfig = { convolution, pool };
    const layer = { definition: pooledConvolution as LayerDefinition, rule: pooledConvolution2d, config };
    return { ...node, ...layer, output: reader.output };
  });
  return joined.filter((_, i) => !gone.has(nodes[i] as Node));
}

function plan(
  nodes: readonly Node[],
  input: { readonly name: string; readonly shape: Shape },
  output: string,
  activation: FusedActivation | undefined,
): TrainingPlan {
  const shapes = new Map<string, Shape>([[input.name, input.shape]]);
  const trained = new Set<string>();
  const weights = new Map<string, WeightSpec & { readonly key: string }>();
  const problems: string[] = [];
  let largest = elements(input.shape);
  const layers = nodes.map((node): PlannedLayer => {
    const inputShapes = node.inputs.map((id) => shapes.get(id) as Shape);
    const shape = node.definition.outputShape(node.config, inputShapes);
    if (shape.some((size) => size !== null && size < 1)) throw tooSmall(node, inputShapes);
    shapes.set(node.output, shape);
    largest = Math.max(largest, elements(shape), elements(beforePool(node, inputShapes)));
    const learns = node.layer.config.trainable !== false;
    const specs = node.definition.weights?.(node.config, inputShapes) ?? [];
    for (const spec of specs) {
      const key = `${node.path}/${spec.name}`;
      weights.set(key, { ...spec, key, trainable: spec.trainable && learns });
    }
    const needsInputGradient = node.inputs.some((id) => trained.has(id));
    const needsGradient = needsInputGradient || (learns && specs.some((spec) => spec.trainable));
    if (needsGradient) trained.add(node.output);
    problems.push(...problemsOf(node, needsGradient, learns, specs));
    return { ...node, frozen: !learns && !needsGradient, needsGradient, needsInputGradient };
  });
  if (problems.length > 0) {
    throw new FreezeframeError(
      'unsupported-training',
      `This model cannot be trained here:\n  ${problems.join('\n  ')}`,
      {
        remedy:
          'A gradient rule goes into scripts/train/gradients/, with its line in scripts/train/gradients/index.ts.',
      },
    );
  }
  const outputShape = shapes.get(output) as Shape;
  return {
    layers,
    weights: [...weights.values()],
    input: input.name,
    output,
    inputShape: input.shape,
    outputShape,
    largest,
    activation,
  };
}

/** Elements of one sample. */
function elements(shape: Shape): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}

/** The shape between the two that are trained as one. */
function beforePool(node: Node, [input = []]: readonly Shape[]): Shape {
  if (node.definition !== (pooledConvolution as LayerDefinition)) return [];
  const { convolution } = node.config as PooledConvolutionConfig;
  return convolutionShape(convolution, input, convolution.filters);
}

function tooSmall(node: Node, [input = []]: readonly Shape[]): FreezeframeError {
  const where = `"${node.path}" (${node.definition.className})`;
  return new FreezeframeError('unsupported-training', expected('a larger input', where, input.slice(1).join(' x ')), {
    remedy: 'The pictures are too small for this architecture: take a larger --size or another --architecture.',
  });
}

function problemsOf(node: Node, needsGradient: boolean, learns: boolean, specs: readonly WeightSpec[]): string[] {
  const what = `"${node.path}" (${node.definition.className})`;
  const problems: string[] = [];
  if (needsGradient && !node.rule) problems.push(`${what}: no gradient rule`);
  if (needsGradient && !learns && specs.some((spec) => !spec.trainable)) {
    problems.push(`${what}: statistics that are not trained, behind layers that are`);
  }
  for (const [option, value] of Object.entries(node.layer.config)) {
    const changesLoss = option.endsWith('_regularizer') || option.endsWith('_constraint');
    if (changesLoss && value !== null && value !== undefined) problems.push(`${what}: option ${option}`);
  }
  return problems;
}
