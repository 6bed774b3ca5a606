import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { GraphBuilder } from '../../../scripts/onnx/graph.ts';
import { type ModelProto, ModelProtoSchema } from '../../../scripts/onnx/schema/onnx_pb.ts';
import { mulberry32 } from '../../../scripts/system/random.ts';

function weights(count: number, seed: number): Float32Array {
  const random = mulberry32(seed);
  return new Float32Array(count).map(() => random() - 0.5);
}

export interface PictureModel {
  readonly order?: 'channels-first' | 'channels-last';
  /** null leaves the batch free. */
  readonly batch?: number | null;
  /** `powers` writes a softmax as exponentials and their sum. */
  readonly last?: 'Softmax' | 'HardSigmoid' | 'powers' | 'none';
  /** What comes last is rounded to eight bits. */
  readonly rounded?: boolean;
  /** Its scores are rounded to eight bits by the range of the whole batch. */
  readonly dynamic?: boolean;
  /** A reshape to a constant shape that begins with the batch, as exporters write it. */
  readonly constantShape?: boolean;
  /** Multiplies across the batch, which no other size of it survives. */
  readonly mixes?: boolean;
}

/** A classifier of 16 x 16 colour pictures in four classes, as another framework would export it. */
export function pictureModel(options: PictureModel = {}): Uint8Array {
  const { order = 'channels-first', batch = null, last = 'Softmax', rounded = false } = options;
  const { constantShape = false, mixes = false, dynamic = false } = options;
  const graph = new GraphBuilder();
  const first = order === 'channels-first';
  const input = graph.input('pixel_values', 'float32', first ? [batch, 3, 16, 16] : [batch, 16, 16, 3]);
  graph.reserve('scores');
  const planes = first ? input : graph.op('Transpose', [input], { perm: [0, 3, 1, 2] });
  const kernel = graph.weight('kernel', [5, 3, 3, 3], weights(135, 1));
  let x = graph.op('Relu', [graph.op('Conv', [planes, kernel], { strides: [2, 2] })]);
  x = graph.op('GlobalAveragePool', [x]);
  x = constantShape ? graph.op('Reshape', [x, graph.ints([batch ?? 1, 5])]) : graph.op('Flatten', [x]);
  if (mixes) x = graph.op('MatMul', [graph.weight('mixer', [1, 1], weights(1, 3)), x]);
  x = graph.op('MatMul', [x, graph.weight('dense', [5, 4], weights(20, 2))]);
  if (last === 'powers') {
    const powers = graph.op('Exp', [x]);
    x = graph.op('Div', [powers, graph.op('ReduceSum', [powers, graph.ints([1])])]);
  }
  x = graph.op(last === 'Softmax' || last === 'HardSigmoid' ? last : 'Identity', [x]);
  if (dynamic) {
    const scores = graph.op('Mul', [x, graph.float(100)]);
    x = graph.op('DequantizeLinear', graph.ops('DynamicQuantizeLinear', [scores], 3));
  }
  if (rounded) {
    const scale = [graph.float(1 / 256), graph.constant('uint8', [0], [])];
    x = graph.op('DequantizeLinear', [graph.op('QuantizeLinear', [x, ...scale]), ...scale]);
  }
  graph.node('Identity', [x], ['scores']);
  graph.output('scores', 'float32', [batch, 4]);
  return graph.build();
}

/** One number from three, in scaled units. */
export function tableModel(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('features', 'float32', [null, 3]);
  graph.reserve('y');
  graph.node('MatMul', [x, graph.weight('w', [3, 1], new Float32Array([0.5, -0.25, 1]))], ['y']);
  graph.output('y', 'float32', [null, 1]);
  return graph.build();
}

/** The bytes of a model after a change. */
export function changed(onnx: Uint8Array, change: (model: ModelProto) => void): Uint8Array {
  const model = create(ModelProtoSchema, fromBinary(ModelProtoSchema, onnx));
  change(model);
  return toBinary(ModelProtoSchema, model);
}
