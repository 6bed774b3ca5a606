import { attr, type GraphFiles } from './graph-files.ts';

export interface Case {
  readonly name: string;
  /** Of the input `x`; the first axis is the batch. */
  readonly shape: number[];
  /** Answers the node whose result is compared; `node:1` is a second one. */
  readonly build: (g: GraphFiles) => string;
}

const PICTURE = [-1, 7, 6, 4];
const STRIDES = { strides: attr.ints(1, 2, 2, 1) };
const STEP = { strides: attr.ints(1, 1, 1, 1) };
const SAME = { padding: attr.text('SAME') };
const VALID = { padding: attr.text('VALID') };
const POOL = { ksize: attr.ints(1, 3, 2, 1) };

const one = (name: string, shape: number[], build: Case['build']): Case => ({ name, shape, build });
const unary = (op: string, attributes = {}): Case => one(op, PICTURE, (g) => g.op(op, ['x'], attributes));
/** Away from zero, for what is steep or undefined there. */
const positive = (op: string): Case =>
  one(op, PICTURE, (g) => g.op(op, [g.op('Add', [g.op('Abs', ['x']), g.floats([], [0.5])])]));
const withConstant = (op: string, shape: number[]): Case =>
  one(`${op} with [${shape}]`, PICTURE, (g) =>
    g.op(op, [
      'x',
      g.floats(
        shape,
        Array.from({ length: shape.reduce((n, s) => n * s, 1) }, (_, i) => 0.5 + i / 7),
      ),
    ]),
  );
const reduced = (op: string, axes: number[], keep = false): Case =>
  one(`${op} over ${axes}${keep ? ', kept' : ''}`, PICTURE, (g) =>
    g.op(op, ['x', g.ints(...axes)], { keep_dims: attr.flag(keep) }),
  );
/** The input as a convolution leaves it: channels first in memory. */
const convolved = (g: GraphFiles) => g.op('Conv2D', ['x', g.floats([1, 1, 4, 4])], { ...STEP, ...SAME });
const behind = (name: string, build: (g: GraphFiles, x: string) => string): Case =>
  one(`${name} behind a convolution`, PICTURE, (g) => build(g, convolved(g)));

export const CASES: readonly Case[] = [
  ...[
    'Relu',
    'Relu6',
    'Elu',
    'Selu',
    'Sigmoid',
    'Tanh',
    'Softplus',
    'Erf',
    'Exp',
    'Square',
    'Neg',
    'Abs',
    'Floor',
    'Ceil',
    'Sign',
    'Sin',
    'Cos',
    'Softmax',
    'LogSoftmax',
    'Identity',
    'StopGradient',
    'PreventGradient',
    'CheckNumerics',
    'Snapshot',
  ].map((op) => unary(op)),
  one('IdentityN', PICTURE, (g) => `${g.op('IdentityN', [g.op('Neg', ['x']), 'x'])}:1`),
  one('Round', PICTURE, (g) => g.op('Round', [g.op('Mul', ['x', g.floats([], [3.3])])])),
  unary('LeakyRelu', { alpha: attr.float(0.3) }),
  ...['Log', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Inv'].map(positive),
  one('Prelu by channel', PICTURE, (g) => g.op('Prelu', ['x', g.floats([1, 1, 4])])),
  one('Prelu by cell', PICTURE, (g) => g.op('Prelu', ['x', g.floats([7, 6, 4])])),
  behind('Prelu', (g, x) => g.op('Prelu', [x, g.floats([4])])),
  one('ClipByValue', PICTURE, (g) => g.op('ClipByValue', ['x', g.floats([], [-0.2]), g.floats([], [0.3])])),
  ...['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Div', 'Maximum', 'Minimum', 'SquaredDifference'].flatMap((op) => [
    withConstant(op, [4]),
    withConstant(op, []),
    withConstant(op, [6, 1]),
  ]),
  one('Pow', PICTURE, (g) => g.op('Pow', [g.op('Abs', ['x']), g.floats([], [1.7])])),
  behind('AddV2 of a number for each channel', (g, x) => g.op('AddV2', [x, g.floats([4])])),
  behind('Sub from a number for each channel', (g, x) => g.op('Sub', [g.floats([1, 1, 4]), x])),
  behind('Mul by a plane', (g, x) => g.op('Mul', [x, g.floats([7, 6, 1])])),
  behind('AddV2 of the input', (g, x) => g.op('AddV2', [x, 'x'])),
  one('AddN', PICTURE, (g) => g.op('AddN', ['x', convolved(g), 'x'])),
  one('BiasAdd', PICTURE, (g) => g.op('BiasAdd', ['x', g.floats([4])], { data_format: attr.text('NHWC') })),
  one('Cast', [-1, 5], (g) =>
    g.op('Cast', [g.op('Cast', [g.op('Mul', ['x', g.floats([], [9])])], { DstT: attr.type('DT_INT32') })], {
      DstT: attr.type('DT_FLOAT'),
    }),
  ),
  one('MatMul', [-1, 5], (g) => g.op('MatMul', ['x', g.floats([5, 3])])),
  one('MatMul, transposed', [-1, 5], (g) => g.op('MatMul', ['x', g.floats([3, 5])], { transpose_b: attr.flag(true) })),
  one('_FusedMatMul', [-1, 5], (g) =>
    g.op('_FusedMatMul', ['x', g.floats([5, 3]), g.floats([3])], { fused_ops: attr.texts('BiasAdd', 'Relu') }),
  ),
  one('_FusedMatMul without activation', [-1, 5], (g) =>
    g.op('_FusedMatMul', ['x', g.floats([5, 3]), g.floats([3])], { fused_ops: attr.texts('BiasAdd') }),
  ),
  ...['BatchMatMul', 'BatchMatMulV2'].map((op) =>
    one(op, [-1, 3, 4, 5], (g) => g.op(op, ['x', 'x'], { adj_y: attr.flag(true) })),
  ),
  one('Conv2D, same, strides', PICTURE, (g) => g.op('Conv2D', ['x', g.floats([3, 2, 4, 5])], { ...STRIDES, ...SAME })),
  one('Conv2D, valid', PICTURE, (g) => g.op('Conv2D', ['x', g.floats([3, 3, 4, 5])], { ...STRIDES, ...VALID })),
  one('Conv2D, dilated', PICTURE, (g) =>
    g.op('Conv2D', ['x', g.floats([2, 2, 4, 3])], { ...STEP, ...SAME, dilations: attr.ints(1, 2, 2, 1) }),
  ),
  one('Conv2D, explicit padding', PICTURE, (g) =>
    g.op('Conv2D', ['x', g.floats([3, 3, 4, 3])], {
      ...STRIDES,
      padding: attr.text('EXPLICIT'),
      explicit_paddings: attr.ints(0, 0, 0, 2, 1, 0, 0, 0),
    }),
  ),
  one('Conv2D, a kernel that is computed', PICTURE, (g) =>
    g.op('Conv2D', ['x', g.op('Mul', [g.floats([3, 3, 4, 3]), g.floats([3])])], { ...STEP, ...SAME }),
  ),
  ...['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu'].map((activation) =>
    one(`_FusedConv2D with ${activation}`, PICTURE, (g) =>
      g.op('_FusedConv2D', ['x', g.floats([3, 3, 4, 5]), g.floats([5])], {
        ...STRIDES,
        ...SAME,
        fused_ops: attr.texts('BiasAdd', activation),
        leakyrelu_alpha: attr.float(0.1),
        num_args: attr.int(1),
      }),
    ),
  ),
  one('_FusedConv2D with Prelu', PICTURE, (g) =>
    g.op('_FusedConv2D', ['x', g.floats([3, 3, 4, 5]), g.floats([5]), g.floats([1, 1, 5])], {
      ...STEP,
      ...SAME,
      fused_ops: attr.texts('BiasAdd', 'Prelu'),
      num_args: attr.int(2),
    }),
  ),
  ...[[1, 1, 1, 5], [1], [1, 1]].map((bias) =>
    one(`_FusedConv2D with a bias of [${bias}]`, PICTURE, (g) =>
      g.op('_FusedConv2D', ['x', g.floats([3, 3, 4, 5]), g.floats(bias)], {
        ...STEP,
        ...SAME,
        fused_ops: attr.texts('BiasAdd', 'Relu'),
      }),
    ),
  ),
  one('FusedDepthwiseConv2dNative with a bias of [1,1,1,4]', PICTURE, (g) =>
    g.op('FusedDepthwiseConv2dNative', ['x', g.floats([3, 3, 4, 1]), g.floats([1, 1, 1, 4])], {
      ...STEP,
      ...SAME,
      fused_ops: attr.texts('BiasAdd'),
    }),
  ),
  one('_FusedConv2D, the activation alone', PICTURE, (g) =>
    g.op('_FusedConv2D', ['x', g.floats([3, 3, 4, 5])], { ...STEP, ...SAME, fused_ops: attr.texts('Relu') }),
  ),
  one('DepthwiseConv2dNative', PICTURE, (g) =>
    g.op('DepthwiseConv2dNative', ['x', g.floats([3, 3, 4, 2])], { ...STRIDES, ...SAME }),
  ),
  one('DepthwiseConv2dNative, valid, a computed kernel', PICTURE, (g) =>
    g.op('DepthwiseConv2dNative', ['x', g.op('Neg', [g.floats([3, 2, 4, 1])])], { ...STEP, ...VALID }),
  ),
  one('FusedDepthwiseConv2dNative', PICTURE, (g) =>
    g.op('FusedDepthwiseConv2dNative', ['x', g.floats([3, 3, 4, 1]), g.floats([4])], {
      ...STRIDES,
      ...SAME,
      fused_ops: attr.texts('BiasAdd', 'Relu6'),
    }),
  ),
  ...(['SAME', 'VALID'] as const).map((padding) =>
    one(`Conv2DBackpropInput, ${padding}`, PICTURE, (g) => {
      const batch = g.op('StridedSlice', [g.op('Shape', ['x']), g.ints(0), g.ints(1), g.ints(1)], {
        shrink_axis_mask: attr.int(1),
      });
      const sides = padding === 'SAME' ? [14, 12] : [15, 13];
      const sizes = g.op('Pack', [batch, g.int(sides[0] as number), g.int(sides[1] as number), g.int(3)]);
      return g.op('Conv2DBackpropInput', [sizes, g.floats([3, 3, 3, 4]), 'x'], {
        ...STRIDES,
        padding: attr.text(padding),
      });
    }),
  ),
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map((op) =>
    one(op, PICTURE, (g) =>
      g.op(op, ['x', g.floats([4]), g.floats([4]), g.floats([4]), g.op('Abs', [g.floats([4])])], {
        epsilon: attr.float(0.01),
        is_training: attr.flag(false),
      }),
    ),
  ),
  ...['MaxPool', 'AvgPool'].flatMap((op) => [
    one(`${op}, same`, PICTURE, (g) => g.op(op, ['x'], { ...POOL, ...STRIDES, ...SAME })),
    one(`${op}, valid`, PICTURE, (g) => g.op(op, ['x'], { ...POOL, ...STEP, ...VALID })),
  ]),
  // onnxruntime would make the zeros part of the pool's padding, which counts as minus infinity.
  ...[SAME, VALID].map((padding) =>
    one(`MaxPool behind zeros around negatives, ${padding === SAME ? 'same' : 'valid'}`, PICTURE, (g) => {
      const negative = g.op('Neg', [g.op('Add', [g.op('Abs', ['x']), g.floats([], [1])])]);
      const padded = g.op('Pad', [negative, g.ints(0, 0, 1, 1, 1, 1, 0, 0)]);
      return g.op('MaxPool', [padded], { ...POOL, ...STRIDES, ...padding });
    }),
  ),
  ...['Mean', 'Max', 'Min', 'Sum', 'Prod'].flatMap((op) => [reduced(op, [1, 2]), reduced(op, [-1], true)]),
  behind('Mean of the sides', (g, x) => g.op('Mean', [x, g.ints(1, 2)])),
  behind('Mean of a side, kept', (g, x) => g.op('Mean', [x, g.ints(2)], { keep_dims: attr.flag(true) })),
  behind('Max of one side', (g, x) => g.op('Max', [x, g.ints(1)])),
  ...['ArgMax', 'ArgMin'].map((op) =>
    one(op, PICTURE, (g) => g.op('Cast', [g.op(op, ['x', g.int(-1)])], { DstT: attr.type('DT_FLOAT') })),
  ),
  ...['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) =>
    [{}, { align_corners: attr.flag(true) }, { half_pixel_centers: attr.flag(true) }].flatMap((flags) =>
      [
        [14, 12],
        [3, 4],
      ].map((size) =>
        one(`${op} to ${size} ${Object.keys(flags)}`, PICTURE, (g) => g.op(op, ['x', g.ints(...size)], flags)),
      ),
    ),
  ),
  one('ResizeNearestNeighbor to twice the shape', PICTURE, (g) => {
    const sides = g.op('StridedSlice', [g.op('Shape', ['x']), g.ints(1), g.ints(3), g.ints(1)]);
    return g.op('ResizeNearestNeighbor', ['x', g.op('Mul', [sides, g.ints(2, 2)])]);
  }),
  behind('SpaceToBatchND and back', (g, x) => {
    const apart = g.op('SpaceToBatchND', [x, g.ints(2, 3), g.pairs(1, 2, 0, 3)]);
    const made = g.op('Conv2D', [apart, g.floats([3, 2, 4, 2])], { ...STEP, ...VALID });
    return g.op('BatchToSpaceND', [made, g.ints(2, 3), g.pairs(0, 1, 1, 0)]);
  }),
  one('DepthToSpace', PICTURE, (g) =>
    g.op('DepthToSpace', ['x'], { block_size: attr.int(2), data_format: attr.text('NHWC') }),
  ),
  one('Reshape', PICTURE, (g) => g.op('Reshape', ['x', g.ints(-1, 42, 4)])),
  behind('Reshape', (g, x) => g.op('Reshape', [x, g.ints(-1, 168)])),
  one('Reshape by a shape', PICTURE, (g) => {
    const shape = g.op('Shape', ['x']);
    const batch = g.op('StridedSlice', [shape, g.ints(0), g.ints(1), g.ints(1)], { shrink_axis_mask: attr.int(1) });
    return g.op('Reshape', ['x', g.op('Pack', [batch, g.op('Cast', [g.int(168)], { DstT: attr.type('DT_INT32') })])]);
  }),
  one('a dense layer on pictures, as Keras writes it', PICTURE, (g) => {
    const shape = g.op('Shape', ['x']);
    const free = g.op('GatherV2', [shape, g.ints(0, 1, 2), g.int(0)]);
    const flat = g.op('Pack', [
      g.op('Prod', [free, g.ints(0)]),
      g.op('Prod', [g.op('GatherV2', [shape, g.ints(3), g.int(0)]), g.ints(0)]),
    ]);
    const product = g.op('MatMul', [g.op('Reshape', ['x', flat]), g.floats([4, 3])]);
    return g.op('Reshape', [product, g.op('ConcatV2', [free, g.ints(3), g.int(0)])]);
  }),
  one('Squeeze', [-1, 1, 1, 4], (g) => g.op('Squeeze', ['x'], { squeeze_dims: attr.ints(1, 2) })),
  one('Squeeze of all ones', [-1, 2], (g) => g.op('Add', ['x', g.op('Squeeze', [g.floats([1, 2, 1])])])),
  one('ExpandDims', [-1, 5], (g) => g.op('ExpandDims', ['x', g.int(-1)])),
  one('Transpose', PICTURE, (g) => g.op('Transpose', ['x', g.ints(0, 3, 1, 2)])),
  one('Transpose by a permutation put together', PICTURE, (g) =>
    g.op('Transpose', ['x', g.op('ConcatV2', [g.ints(0, 2), g.ints(1, 3), g.int(0)])]),
  ),
  one('Mul by a size', PICTURE, (g) => {
    const side = g.op('StridedSlice', [g.op('Shape', ['x']), g.ints(1), g.ints(2), g.ints(1)], {
      shrink_axis_mask: attr.int(1),
    });
    return g.op('Mul', ['x', g.op('Cast', [side], { DstT: attr.type('DT_FLOAT') })]);
  }),
  behind('Transpose', (g, x) => g.op('Transpose', [x, g.ints(0, 2, 1, 3)])),
  one('ConcatV2', PICTURE, (g) => g.op('ConcatV2', ['x', convolved(g), g.int(-1)])),
  behind('ConcatV2', (g, x) => g.op('ConcatV2', [x, g.op('Relu', [x]), g.int(3)])),
  one('Concat', PICTURE, (g) => g.op('Concat', [g.int(1), 'x', 'x'])),
  one('Pack', [-1, 5], (g) => g.op('Pack', ['x', g.op('Neg', ['x'])], { axis: attr.int(1) })),
  one('Split, the second part', PICTURE, (g) => `${g.op('Split', [g.int(3), 'x'], { num_split: attr.int(2) })}:1`),
  behind('SplitV, the last part', (g, x) => `${g.op('SplitV', [x, g.ints(1, -1), g.int(-1)])}:1`),
  behind('Slice', (g, x) => g.op('Slice', [x, g.ints(0, 1, 2, 1), g.ints(-1, 3, -1, 2)])),
  one('StridedSlice', PICTURE, (g) =>
    g.op('StridedSlice', ['x', g.ints(0, 1, -1, 0), g.ints(0, 6, 0, 3), g.ints(1, 2, -2, 1)], {
      begin_mask: attr.int(1),
      end_mask: attr.int(1),
    }),
  ),
  behind('StridedSlice of one row', (g, x) =>
    g.op('StridedSlice', [x, g.ints(0, 2), g.ints(0, 3), g.ints(1, 1)], {
      begin_mask: attr.int(1),
      end_mask: attr.int(1),
      shrink_axis_mask: attr.int(2),
    }),
  ),
  one('Pad', PICTURE, (g) => g.op('Pad', ['x', g.ints(0, 0, 0, 1, 2, 0, 0, 0)])),
  behind('PadV2', (g, x) => g.op('PadV2', [x, g.ints(0, 0, 1, 0, 0, 2, 0, 1), g.floats([], [0.7])])),
  behind('MirrorPad', (g, x) => g.op('MirrorPad', [x, g.ints(0, 0, 2, 1, 0, 3, 0, 0)], { mode: attr.text('REFLECT') })),
  one('GatherV2', PICTURE, (g) => g.op('GatherV2', ['x', g.ints(2, 0, 2), g.int(2)])),
  one('Gather of a table by computed rows', [-1, 5], (g) => {
    const rows = g.op('Cast', [g.op('Mul', [g.op('Abs', ['x']), g.floats([], [2.9])])], {
      DstT: attr.type('DT_INT32'),
    });
    return g.op('Gather', [g.floats([3, 2]), rows]);
  }),
  one('Tile', PICTURE, (g) => g.op('Tile', ['x', g.ints(1, 2, 1, 3)])),
];
