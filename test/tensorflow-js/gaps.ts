import { core, layers } from './tensorflow.ts';

type Tensor = core.Tensor;
type Tensor4D = core.Tensor4D;
type Shape = (number | null)[];
type Pair = [number, number];
type Config = Record<string, unknown>;

// What TensorFlow.js Layers lacks, written with its operators, which are not ours. Class names begin with `Reference`
// (`reference` for activations); `config.ts` puts them where Keras's names stood.

function one(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
}

/** A layer without weights that keeps its shape. */
abstract class Elementwise extends layers.layers.Layer {
  protected readonly args: Config;
  constructor(args: Config) {
    super(args);
    this.args = args;
  }
  override computeOutputShape(shape: Shape): Shape {
    return shape;
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return core.tidy(() => this.answer(one(inputs)));
  }
  protected abstract answer(x: Tensor): Tensor;
}

/** TensorFlow.js's own knows `max_value` alone. */
class ReferenceReLU extends Elementwise {
  static className = 'ReferenceReLU';
  protected answer(x: Tensor): Tensor {
    const { maxValue, negativeSlope, threshold } = this.args as Record<string, number | null | undefined>;
    const t = threshold ?? 0;
    const below = core.mul(core.sub(x, t), negativeSlope ?? 0);
    const above = maxValue === null || maxValue === undefined ? x : core.minimum(x, maxValue);
    return core.where(core.greaterEqual(x, t), above, below);
  }
}

/** TensorFlow.js's own knows the last axis alone. */
class ReferenceSoftmax extends Elementwise {
  static className = 'ReferenceSoftmax';
  protected answer(x: Tensor): Tensor {
    const axis = this.args.axis as number;
    const powers = core.exp(core.sub(x, core.max(x, axis, true)));
    return core.div(powers, core.sum(powers, axis, true));
  }
}

/** TensorFlow.js's own drops `keepdims`. */
class ReferenceGlobalPooling extends layers.layers.Layer {
  static className = 'ReferenceGlobalPooling';
  readonly #args: Config;
  constructor(args: Config) {
    super(args);
    this.#args = args;
  }
  get #axes(): number[] {
    return this.#args.dataFormat === 'channelsFirst' ? [2, 3] : [1, 2];
  }
  override computeOutputShape(shape: Shape): Shape {
    return shape.map((size, axis) => (this.#axes.includes(axis) ? 1 : size));
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return (this.#args.kind === 'max' ? core.max : core.mean)(one(inputs), this.#axes, true);
  }
}

function activated({ activation }: Config, x: Tensor): Tensor {
  const layer = layers.layers.activation({ activation: (activation ?? 'linear') as 'relu' });
  return layer.call(x, {}) as Tensor;
}

/** Shape of a convolution's answer, channels last. */
function windowShape({ kernelSize, strides, padding, dilationRate }: Config, shape: Shape, channels: number): Shape {
  const sides = [0, 1].map((axis) => {
    const reach = (((kernelSize as number[])[axis] as number) - 1) * ((dilationRate as number[])[axis] as number);
    const room = (shape[axis + 1] as number) - (padding === 'same' ? 0 : reach);
    return Math.ceil(room / ((strides as number[])[axis] as number));
  });
  return [shape[0] ?? null, ...sides, channels];
}

/** A convolution in groups: TensorFlow.js's own has none. Channels last. */
class ReferenceGroupedConv2D extends layers.layers.Layer {
  static className = 'ReferenceGroupedConv2D';
  readonly #args: Config;
  constructor(args: Config) {
    super(args);
    this.#args = args;
  }
  override build(shape: Shape): void {
    const { kernelSize, groups, filters, useBias } = this.#args;
    const zeros = layers.initializers.zeros();
    const channels = (shape.at(-1) as number) / (groups as number);
    const dims = [...(kernelSize as number[]), channels, filters as number];
    this.addWeight('kernel', dims, 'float32', zeros);
    if (useBias) this.addWeight('bias', [filters as number], 'float32', zeros);
    super.build(shape);
  }
  override computeOutputShape(shape: Shape): Shape {
    return windowShape(this.#args, shape, this.#args.filters as number);
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return core.tidy(() => {
      const { groups, strides, padding, dilationRate } = this.#args;
      const kernels = core.split((this.weights[0] as layers.LayerVariable).read() as Tensor4D, groups as number, 3);
      const parts = core.split(one(inputs) as Tensor4D, groups as number, 3);
      const answers = parts.map((part, i) =>
        core.conv2d(
          part as Tensor4D,
          kernels[i] as Tensor4D,
          strides as Pair,
          padding as 'same' | 'valid',
          'NHWC',
          dilationRate as Pair,
        ),
      );
      const joined = core.concat(answers, 3);
      const bias = this.weights[1];
      return activated(this.#args, bias ? core.add(joined, bias.read()) : joined);
    });
  }
}

/** TensorFlow.js's own hands on no dilation. Channels last. */
class ReferenceDepthwiseConv2D extends layers.layers.Layer {
  static className = 'ReferenceDepthwiseConv2D';
  readonly #args: Config;
  constructor(args: Config) {
    super(args);
    this.#args = args;
  }
  override build(shape: Shape): void {
    const { kernelSize, depthMultiplier, useBias } = this.#args;
    const zeros = layers.initializers.zeros();
    const [channels, multiplier] = [shape.at(-1) as number, depthMultiplier as number];
    this.addWeight('depthwise_kernel', [...(kernelSize as number[]), channels, multiplier], 'float32', zeros);
    if (useBias) this.addWeight('bias', [channels * multiplier], 'float32', zeros);
    super.build(shape);
  }
  override computeOutputShape(shape: Shape): Shape {
    return windowShape(this.#args, shape, (shape.at(-1) as number) * (this.#args.depthMultiplier as number));
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return core.tidy(() => {
      const { strides, padding, dilationRate } = this.#args;
      const [kernel, bias] = this.weights.map((weight) => weight.read());
      const x = one(inputs) as Tensor4D;
      const answer = core.depthwiseConv2d(
        x,
        kernel as Tensor4D,
        strides as Pair,
        padding as 'same',
        'NHWC',
        dilationRate as Pair,
      );
      return activated(this.#args, bias ? core.add(answer, bias) : answer);
    });
  }
}

/** On the cpu engine TensorFlow.js's own is wrong for every axis but the last: its kernel does not broadcast. */
class ReferenceBatchNormalization extends layers.layers.Layer {
  static className = 'ReferenceBatchNormalization';
  readonly #args: Config;
  constructor(args: Config) {
    super(args);
    this.#args = args;
  }
  override build(shape: Shape): void {
    const size = [shape.at(this.#args.axis as number) as number];
    const names = [this.#args.scale !== false && 'gamma', this.#args.center !== false && 'beta'];
    for (const name of [...names, 'moving_mean', 'moving_variance']) {
      if (name) this.addWeight(name, size, 'float32', layers.initializers.zeros());
    }
    super.build(shape);
  }
  override computeOutputShape(shape: Shape): Shape {
    return shape;
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return core.tidy(() => {
      const x = one(inputs);
      const axis = ((this.#args.axis as number) + x.rank) % x.rank;
      const read = (name: string) => {
        const found = this.weights.find((weight) => weight.originalName.endsWith(`/${name}`))?.read();
        return (
          found &&
          core.reshape(
            found,
            x.shape.map((size, i) => (i === axis ? size : 1)),
          )
        );
      };
      const variance = core.add(read('moving_variance') as Tensor, this.#args.epsilon as number);
      const normal = core.div(core.sub(x, read('moving_mean') as Tensor), core.sqrt(variance));
      return core.add(core.mul(normal, read('gamma') ?? 1), read('beta') ?? 0);
    });
  }
}

const LAYERS = [
  ReferenceReLU,
  ReferenceSoftmax,
  ReferenceGlobalPooling,
  ReferenceGroupedConv2D,
  ReferenceDepthwiseConv2D,
  ReferenceBatchNormalization,
];

for (const gap of LAYERS) {
  core.serialization.registerClass(gap as unknown as Parameters<typeof core.serialization.registerClass>[0]);
}

const relu6 = (x: Tensor) => core.minimum(core.relu(x), 6);
const keras3HardSigmoid = (x: Tensor) => core.div(relu6(core.add(x, 3)), 6);

/** Activations that TensorFlow.js has not, by the name under which they are registered here. */
const ACTIVATIONS: Record<string, (x: Tensor) => Tensor> = {
  referenceLeakyRelu: (x) => core.leakyRelu(x, 0.2),
  referenceExponential: (x) => core.exp(x),
  referenceHardSigmoid: keras3HardSigmoid,
  referenceHardSilu: (x) => core.mul(x, keras3HardSigmoid(x)),
};

for (const [className, apply] of Object.entries(ACTIVATIONS)) {
  class ReferenceActivation extends core.serialization.Serializable {
    static className = className;
    getConfig() {
      return {};
    }
    apply(x: Tensor): Tensor {
      return core.tidy(() => apply(x));
    }
  }
  core.serialization.registerClass(ReferenceActivation);
}
