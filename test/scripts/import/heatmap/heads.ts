import type { GraphBuilder } from '../../../../scripts/onnx/graph.ts';

/** Of each label, what the three colours of a part add to its logit. */
export const KERNEL = [[1.5, -2, 0.25, 3], [0.5, 1, -0.75, -1], [-1.25, 2.5, 0.5, 0.125]] as const; // biome-ignore format: rows
export const BIAS = [0.1, -0.2, 0.3, 0.4] as const;

const WEIGHTS = Float32Array.from(KERNEL.flat());
const BY_LABEL = Float32Array.from(BIAS.flatMap((_, label) => KERNEL.map((row) => row[label] as number)));
const INT8 = { name: 'stored', scale: 0.125, bytes: Int8Array.from(WEIGHTS, (value) => value / 0.125) };

/** Writes what stands between a map [batch, 3, 2, 4] and the answer, and answers its name. */
type Head = (graph: GraphBuilder, map: string) => string;

const kernel = (graph: GraphBuilder) => graph.weight('kernel', [3, 4], WEIGHTS);
const bias = (graph: GraphBuilder) => graph.float(BIAS);
const pooled = (graph: GraphBuilder, map: string) => graph.op('GlobalAveragePool', [map]);
const flat = (graph: GraphBuilder, value: string) => graph.op('Flatten', [value], { axis: 1 });
const softmax = (graph: GraphBuilder, value: string) => graph.op('Softmax', [value], { axis: 1 });
const gemm = (graph: GraphBuilder, value: string) => graph.op('Gemm', [value, kernel(graph), bias(graph)]);
const pointwise = (graph: GraphBuilder, value: string) =>
  graph.op('Conv', [value, graph.weight('filters', [4, 3, 1, 1], BY_LABEL), bias(graph)]);

/** The bias is part of what is pooled there. */
export const IN_FRONT = 'a convolution in front of the pool';

/** Heads whose parts add up, as frameworks and converters write them. */
export const LINEAR: Readonly<Record<string, Head>> = {
  'a dense layer': (g, map) => softmax(g, gemm(g, flat(g, pooled(g, map)))),
  'a product and a bias': (g, map) => {
    const mean = g.op('ReduceMean', [map, g.ints([2, 3])], { keepdims: 0 });
    return softmax(g, g.op('Add', [g.op('MatMul', [mean, kernel(g)]), bias(g)]));
  },
  'channels last, axes from the end': (g, map) => {
    const last = g.op('Transpose', [map], { perm: [0, 2, 3, 1] });
    const mean = g.op('ReduceMean', [last, g.ints([-2, -3])], { keepdims: 1 });
    return softmax(g, gemm(g, g.op('Reshape', [mean, g.ints([-1, 3])])));
  },
  'a size that is computed': (g, map) => {
    const mean = pooled(g, map);
    const batch = g.op('Gather', [g.op('Shape', [mean]), g.ints([0])], { axis: 0 });
    return softmax(g, gemm(g, g.op('Reshape', [mean, g.op('Concat', [batch, g.ints([-1])], { axis: 0 })])));
  },
  'weights by label, and a factor': (g, map) => {
    const weights = g.weight(
      'by-label',
      [4, 3],
      BY_LABEL.map((value) => value * 2),
    );
    const attributes = { transB: 1, alpha: { float: 0.5 } };
    return softmax(g, g.op('Gemm', [flat(g, pooled(g, map)), weights, bias(g)], attributes));
  },
  'a convolution behind a pool of the whole map': (g, map) => {
    const mean = g.op('AveragePool', [map], { kernel_shape: [2, 4], strides: [1, 1] });
    return softmax(g, flat(g, pointwise(g, mean)));
  },
  [IN_FRONT]: (g, map) => softmax(g, flat(g, pooled(g, pointwise(g, map)))),
  'dropout between': (g, map) => softmax(g, gemm(g, g.op('Dropout', [flat(g, pooled(g, map)), g.float(0.5)]))),
  'two linear layers': (g, map) => {
    const twice = g.weight('twice', [3, 3], new Float32Array([0, 2, 0, 0.5, 0, 0, 0, 0, 1]));
    const rows = [KERNEL[1].map((value) => value * 2), KERNEL[0].map((value) => value / 2), [...KERNEL[2]]];
    const second = g.weight('second', [3, 4], Float32Array.from(rows.flat()));
    return softmax(g, g.op('Gemm', [g.op('MatMul', [flat(g, pooled(g, map)), twice]), second, bias(g)]));
  },
  'stored bytes for weights': (g, map) => {
    const stored = g.weight(INT8.name, [3, 4], INT8.bytes, 'int8');
    const real = g.op('DequantizeLinear', [stored, g.float(INT8.scale)]);
    return softmax(g, g.op('Gemm', [flat(g, pooled(g, map)), real, bias(g)]));
  },
};

/** Heads whose parts do not, and what the note says of each. */
export const OTHERS: Readonly<Record<string, readonly [Head, RegExp]>> = {
  'a hidden layer': [(g, map) => softmax(g, g.op('Relu', [gemm(g, flat(g, pooled(g, map)))])), /Relu/],
  'weights for each place': [
    (g, map) => {
      const every = g.weight('every', [24, 4], new Float32Array(96).fill(0.1));
      return softmax(g, g.op('Gemm', [flat(g, map), every]));
    },
    /windows of 4 x 4/,
  ],
  'the largest of each channel': [(g, map) => softmax(g, gemm(g, flat(g, g.op('GlobalMaxPool', [map])))), /MaxPool/],
  'pools of parts': [
    (g, map) => {
      const halves = g.op('AveragePool', [map], { kernel_shape: [2, 2], strides: [2, 2] });
      const every = g.weight('every', [6, 4], new Float32Array(24).fill(0.1));
      return softmax(g, g.op('Gemm', [flat(g, halves), every]));
    },
    /add up|2 x 2/,
  ],
  'means that are rounded': [
    (g, map) => {
      const [scale, zero] = [g.float(0.01), g.constant('uint8', [0], [])];
      const rounded = g.op('QuantizeLinear', [flat(g, pooled(g, map)), scale, zero]);
      return softmax(g, gemm(g, g.op('DequantizeLinear', [rounded, scale, zero])));
    },
    /rounded/,
  ],
  'a map of one place': [(g, map) => softmax(g, gemm(g, flat(g, pooled(g, pooled(g, map))))), /no map/],
  'a factor for each picture': [
    (g, map) => {
      const mean = flat(g, pooled(g, map));
      return softmax(g, gemm(g, g.op('Mul', [mean, g.op('ReduceMax', [mean, g.ints([1])], { keepdims: 1 })])));
    },
    /Mul/,
  ],
  'no weights at all': [(g, map) => softmax(g, g.op('Slice', [flat(g, map), g.ints([0]), g.ints([4]), g.ints([1])])), /Slice/], // biome-ignore format: one line
};
