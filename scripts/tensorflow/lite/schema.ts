import type { NumberKind } from './flatbuffer.ts';

/**
 * TensorFlow Lite's published schema (tensorflow/compiler/mlir/lite/schema/schema.fbs, Apache-2.0), as far as it is read: what
 * its numbers stand for, and in which slot of a table each field is.
 */
export const TENSOR_TYPES = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
  'BFLOAT16',
  'INT2',
  'UINT4',
  'FLOAT8_E4M3FN',
  'FLOAT8_E5M2',
] as const;
export type LiteType = (typeof TENSOR_TYPES)[number];

/** `ActivationFunctionType`: what an operator does to its own result. */
export const ACTIVATIONS = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;

/** `BuiltinOperator`. */
export const BUILTIN_OPERATORS: readonly string[] =
  `ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR
  FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM
  MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS
  SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND
  TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT
  LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL
  LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW
  ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV
  REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS
  SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG
  ROUND HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM
  BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE
  HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE
  BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1
  UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR
  RIGHT_SHIFT`.split(/\s+/);

export interface Field {
  readonly slot: number;
  readonly kind: NumberKind;
  readonly otherwise?: number;
  readonly list?: true;
}

/** Fields that a table has one after another, by `name: kind` or `name: kind = default`; `-` is one that is not read. */
function fields(text: string): Readonly<Record<string, Field>> {
  const entries = text.split(',').map((part, slot) => {
    const [, name = '-', kind, list, otherwise] = /^\s*(\w+): (\w+?)(s?)(?: = (\d+))?\s*$/.exec(part) ?? [];
    return [
      name,
      {
        slot,
        kind: kind as NumberKind,
        ...(otherwise ? { otherwise: Number(otherwise) } : {}),
        ...(list ? { list: true as const } : {}),
      },
    ] as const;
  });
  return Object.fromEntries(entries.filter(([name]) => name !== '-'));
}

interface OptionsTable {
  /** Its number in the union `BuiltinOptions`. */
  readonly union: number;
  readonly fields: Readonly<Record<string, Field>>;
}

const ACTIVATION = 'activation: int8';
const WINDOW = 'padding: int8, stride_w: int32, stride_h: int32';
const DILATION = 'dilation_w: int32 = 1, dilation_h: int32 = 1';
const POOL: OptionsTable = {
  union: 5,
  fields: fields(`${WINDOW}, filter_w: int32, filter_h: int32, ${ACTIVATION}`),
};
const REDUCER: OptionsTable = { union: 27, fields: fields('keep_dims: bool') };
const arithmetic = (union: number): OptionsTable => ({ union, fields: fields(ACTIVATION) });

/** What operators tell of themselves beside their inputs. */
export const OPTIONS: Readonly<Record<string, OptionsTable>> = {
  CONV_2D: { union: 1, fields: fields(`${WINDOW}, ${ACTIVATION}, ${DILATION}`) },
  DEPTHWISE_CONV_2D: { union: 2, fields: fields(`${WINDOW}, multiplier: int32, ${ACTIVATION}, ${DILATION}`) },
  TRANSPOSE_CONV: { union: 49, fields: fields(`${WINDOW}, ${ACTIVATION}`) },
  AVERAGE_POOL_2D: POOL,
  MAX_POOL_2D: POOL,
  FULLY_CONNECTED: { union: 8, fields: fields(`${ACTIVATION}, weights_format: int8, keep_num_dims: bool`) },
  ADD: arithmetic(11),
  SUB: arithmetic(28),
  MUL: arithmetic(21),
  DIV: arithmetic(29),
  L2_NORMALIZATION: arithmetic(12),
  LEAKY_RELU: { union: 75, fields: fields('alpha: float32') },
  GELU: { union: 116, fields: fields('approximate: bool') },
  RESIZE_BILINEAR: { union: 15, fields: fields('-, -, align_corners: bool, half_pixel_centers: bool') },
  RESIZE_NEAREST_NEIGHBOR: { union: 74, fields: fields('align_corners: bool, half_pixel_centers: bool') },
  RESHAPE: { union: 17, fields: fields('new_shape: int32s') },
  SQUEEZE: { union: 30, fields: fields('squeeze_dims: int32s') },
  MIRROR_PAD: { union: 77, fields: fields('mode: int8') },
  MEAN: REDUCER,
  SUM: REDUCER,
  REDUCE_MAX: REDUCER,
  REDUCE_MIN: REDUCER,
  REDUCE_PROD: REDUCER,
  SOFTMAX: { union: 9, fields: fields('beta: float32') },
  CONCATENATION: { union: 10, fields: fields(`axis: int32, ${ACTIVATION}`) },
  PACK: { union: 59, fields: fields('count: int32, axis: int32') },
  UNPACK: { union: 64, fields: fields('count: int32, axis: int32') },
  SPLIT: { union: 35, fields: fields('count: int32') },
  SPLIT_V: { union: 79, fields: fields('count: int32') },
  STRIDED_SLICE: {
    union: 32,
    fields: fields(
      'begin_mask: int32, end_mask: int32, ellipsis_mask: int32, new_axis_mask: int32, shrink_axis_mask: int32, offset: bool',
    ),
  },
  GATHER: { union: 23, fields: fields('axis: int32, batch_dims: int32') },
  BATCH_MATMUL: { union: 101, fields: fields('adj_x: bool, adj_y: bool') },
  SPACE_TO_DEPTH: { union: 19, fields: fields('block_size: int32') },
  DEPTH_TO_SPACE: { union: 94, fields: fields('block_size: int32') },
};
