import { toBinary } from '@bufbuild/protobuf';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { widenHalves } from '../../../../../scripts/convert/onnx/interface/half-precision.ts';
import { GraphBuilder } from '../../../../../scripts/onnx/graph.ts';
import {
  type GraphProto,
  ModelProtoSchema,
  parseOnnx,
  TensorProto_DataType,
  type ValueInfoProto,
} from '../../../../../scripts/onnx/index.ts';

function halved({ type }: ValueInfoProto): void {
  if (type?.value.case === 'tensorType') type.value.value.elemType = TensorProto_DataType.FLOAT16;
}

describe('widenHalves', () => {
  it('takes an input of half precision that is an output too', async () => {
    const builder = new GraphBuilder();
    builder.reserve('y');
    builder.node('Relu', [builder.input('x', 'float32', [null, 2])], ['y']);
    for (const name of ['x', 'y']) builder.output(name, 'float32', [null, 2]);
    const model = parseOnnx(builder.build());
    const graph = model.graph as GraphProto;
    for (const info of [...graph.input, ...graph.output]) halved(info);
    expect(widenHalves(graph)).toEqual(['x', 'y']);
    const engine = await createEngine(toBinary(ModelProtoSchema, model));
    const answers = await engine.run({ x: { datatype: 'FP32', shape: [1, 2], data: Float32Array.of(-1.5, 2) } });
    await engine.close();
    expect(answers).toMatchObject({ x: { datatype: 'FP32' }, y: { datatype: 'FP32' } });
    expect(answers.x?.data).toEqual(Float32Array.of(-1.5, 2));
    expect(answers.y?.data).toEqual(Float32Array.of(0, 2));
  });
});
