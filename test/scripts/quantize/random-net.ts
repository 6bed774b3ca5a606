import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOnnxruntime, type TensorData } from '@freezeframe/inference';
import { GraphBuilder, parseOnnx } from '../../../scripts/onnx/index.ts';
import type { CalibrationPictures } from '../../../scripts/quantize/index.ts';
import { mulberry32 } from '../../../scripts/system/index.ts';

const SIDE = 12;
const LABELS = 4;

/** What a net is made of: each takes a value of so many channels, and gives another. */
export const BLOCKS = {
  conv: (net) => net.conv(3, 1),
  strided: (net) => net.cut(net.conv(3, 1, 2), 0, 6),
  depthwise: (net) => net.relu(net.conv(3, net.channels)),
  normalized: (net) => net.relu(net.normalized(net.conv(1, 1))),
  'normalized alone': (net) => net.relu(net.normalized(net.value)),
  'cut on both sides': (net) => net.cut(net.conv(1, 1), -1, 1),
  residual: (net) => net.relu(net.graph.op('Add', [net.value, net.conv(3, 1)])),
  'read before and behind a ReLU': (net) => {
    const first = net.conv(1, 1);
    return net.graph.op('Add', [first, net.conv(3, 1, 1, net.relu(first))]);
  },
  joined: (net) => {
    const joined = net.graph.op('Concat', [net.conv(1, 1), net.conv(3, 1)], { axis: 1 });
    net.channels *= 2;
    const result = net.conv(1, 1, 1, joined, net.channels / 2);
    net.channels /= 2;
    return result;
  },
  'largest of 2 x 2': (net) => net.graph.op('MaxPool', [net.conv(1, 1)], { kernel_shape: [2, 2], strides: [1, 1] }),
  'a pool in front of a ReLU': (net) =>
    net.relu(net.graph.op('MaxPool', [net.conv(1, 1)], { kernel_shape: [2, 2], strides: [1, 1], pads: [0, 0, 1, 1] })),
  'mean of 3 x 3': (net) =>
    net.graph.op('AveragePool', [net.conv(1, 1)], { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }),
  enlarged: (net) =>
    net.graph.op('Resize', [net.conv(1, 1), '', net.graph.float([1, 1, 2, 2])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
  leaky: (net) => net.graph.op('LeakyRelu', [net.conv(3, 1)], { alpha: { float: 0.2 } }),
  gate: (net) => {
    const value = net.conv(1, 1);
    return net.graph.op('Mul', [value, net.graph.op('Sigmoid', [value])]);
  },
  'squeeze and excitation': (net) => {
    const value = net.relu(net.conv(1, 1));
    const mean = net.graph.op('GlobalAveragePool', [value]);
    const weight = net.graph.op('Sigmoid', [net.conv(1, 1, 1, net.relu(net.conv(1, 1, 1, mean)))]);
    return net.graph.op('Mul', [value, weight]);
  },
} as const satisfies Record<string, (net: Net) => string>;

/** Of which a part is computed in float, between what is computed with integers. */
export const MIXED = {
  'an operator without integers': (net) => net.graph.op('Elu', [net.conv(3, 1)]),
  'a clip away from zero': (net) => net.cut(net.conv(3, 1), -2, -0.1),
  'one number added': (net) => net.graph.op('Add', [net.relu(net.conv(3, 1)), net.graph.float(0.5)]),
  'a slope for each channel': (net) => {
    const slopes = net.graph.weight('slopes', [net.channels, 1, 1], net.numbers(net.channels, 0.5));
    return net.graph.op('PRelu', [net.conv(3, 1), slopes]);
  },
  'along one axis': (net) => {
    const rows = net.graph.op('Reshape', [net.conv(1, 1), net.graph.ints([0, 0, -1])]);
    const weights = net.graph.weight(
      'kernel',
      [net.channels, net.channels, 3],
      net.numbers(net.channels ** 2 * 3, 0.3),
    );
    const shape = net.graph.op('Shape', [net.conv(1, 1)]);
    return net.graph.op('Reshape', [net.graph.op('Conv', [rows, weights], { pads: [1, 1] }), shape]);
  },
  'a mean with gaps': (net) =>
    net.graph.op('AveragePool', [net.conv(1, 1)], { kernel_shape: [2, 2], dilations: [2, 2], strides: [1, 1] }),
  'a mean with gaps of one': (net) =>
    net.graph.op('AveragePool', [net.conv(1, 1)], { kernel_shape: [2, 2], dilations: [1, 1], strides: [1, 1] }),
  'enlarged by a part': (net) =>
    net.graph.op('Resize', [net.conv(1, 1), '', net.graph.float([1, 1, 1.3, 1.7])], { mode: 'nearest' }),
  'cut out of the picture': (net) =>
    net.graph.op(
      'Resize',
      [net.conv(1, 1), net.graph.float([0, 0, -0.3, 0, 1, 1, 1, 1.3]), net.graph.float([1, 1, 1, 1])],
      {
        ...{ mode: 'nearest', coordinate_transformation_mode: 'tf_crop_and_resize', extrapolation_value: { float: 7 } },
      },
    ),
  'rows and channels of one value': (net) => {
    const value = net.relu(net.conv(1, 1));
    const rows = net.graph.weight('rows', [SIDE, SIDE], net.numbers(SIDE ** 2, 0.3));
    return net.graph.op('Add', [net.conv(1, 1, 1, value), net.graph.op('MatMul', [value, rows])]);
  },
} as const satisfies Record<string, (net: Net) => string>;

export type Block = keyof typeof BLOCKS | keyof typeof MIXED;

class Net {
  readonly graph = new GraphBuilder();
  channels = 6;
  value = '';
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  numbers(count: number, scale: number, offset = 0): Float32Array {
    return Float32Array.from({ length: count }, () => (this.#random() * 2 - 1) * scale + offset);
  }

  conv(side: number, group: number, stride = 1, value = this.value, outputs = this.channels): string {
    const inputs = this.channels / group;
    const weights = this.numbers(outputs * inputs * side * side, 2 / Math.sqrt(inputs * side * side));
    return this.#conv(value, [outputs, inputs, side, side], weights, group, stride);
  }

  first(picture: string): string {
    return this.#conv(picture, [this.channels, 3, 3, 3], this.numbers(this.channels * 27, 0.01), 1, 1);
  }

  #conv(value: string, dims: number[], weights: Float32Array, group: number, stride: number): string {
    const [outputs = 0, , side = 1] = dims;
    const inputs = [value, this.graph.weight('kernel', dims, weights)];
    inputs.push(this.graph.weight('bias', [outputs], this.numbers(outputs, 0.5)));
    const pad = (side - 1) / 2;
    return this.graph.op('Conv', inputs, { group, strides: [stride, stride], pads: [pad, pad, pad, pad] });
  }

  relu(value: string): string {
    return this.graph.op('Relu', [value]);
  }

  cut(value: string, low: number, high: number): string {
    return this.graph.op('Clip', [value, this.graph.float(low), this.graph.float(high)]);
  }

  normalized(value: string): string {
    const { channels } = this;
    const parameters = [this.numbers(channels, 0.5, 1), this.numbers(channels, 0.5), this.numbers(channels, 0.5)];
    parameters.push(this.numbers(channels, 0.4, 1));
    const names = parameters.map((data) => this.graph.weight('normalization', [channels], data));
    return this.graph.op('BatchNormalization', [value, ...names], { epsilon: { float: 1e-3 } });
  }
}

/** A classifier of small pictures with random weights. */
export function randomNet(blocks: readonly Block[], seed: number): Uint8Array {
  const net = new Net(seed);
  const { graph } = net;
  graph.input('picture', 'uint8', [null, SIDE, SIDE, 3]);
  const floats = graph.op('Cast', ['picture'], { to: 1 });
  net.value = net.relu(net.first(graph.op('Transpose', [floats], { perm: [0, 3, 1, 2] })));
  for (const block of blocks) net.value = { ...BLOCKS, ...MIXED }[block](net);
  const mean = graph.op('ReduceMean', [net.value, graph.ints([2, 3])], { keepdims: 0 });
  const weights = graph.weight('head', [net.channels, LABELS], net.numbers(net.channels * LABELS, 2));
  const logits = graph.op('Gemm', [mean, weights, graph.weight('head bias', [LABELS], net.numbers(LABELS, 0.1))]);
  graph.node('Softmax', [logits], ['probabilities'], { axis: 1 });
  graph.output('probabilities', 'float32', [null, LABELS]);
  return graph.build();
}

/** Pictures of noise of one brightness each. */
export function noise(seed: number): Record<string, TensorData> {
  const random = mulberry32(seed);
  const [low, high] = [random() * 128, 128 + random() * 127];
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => low + random() * (high - low));
  return { picture: { datatype: 'UINT8', shape: [1, SIDE, SIDE, 3], data } };
}

export function noisePictures(count: number): CalibrationPictures {
  return { count, label: () => undefined, read: async (picture) => noise(picture + 1) };
}

/** How often each operator stands in the graph that onnxruntime makes of it. */
export async function optimizedOperators(onnx: Uint8Array): Promise<Record<string, number>> {
  const { InferenceSession } = await loadOnnxruntime();
  const folder = await mkdtemp(join(tmpdir(), 'optimized-'));
  try {
    const optimizedModelFilePath = join(folder, 'graph.onnx');
    const options = { graphOptimizationLevel: 'all', optimizedModelFilePath, logSeverityLevel: 4 } as const;
    await (await InferenceSession.create(onnx, options)).release();
    const counts: Record<string, number> = {};
    for (const { opType } of parseOnnx(await readFile(optimizedModelFilePath)).graph?.node ?? [])
      counts[opType] = (counts[opType] ?? 0) + 1;
    return counts;
  } finally {
    await rm(folder, { recursive: true });
  }
}
