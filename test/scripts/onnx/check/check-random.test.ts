import { create, fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { checkRandom } from '../../../../scripts/onnx/check/check-random.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import {
  AttributeProto_AttributeType,
  FunctionProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
} from '../../../../scripts/onnx/schema/onnx_pb.ts';

/** A Dropout that a flag switches on: a constant, or an input of the graph. */
function dropout(flag: boolean | 'input'): ModelProto {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [null, 4]);
  const training = flag === 'input' ? graph.input('training', 'bool', []) : graph.constant('bool', [Number(flag)], []);
  graph.reserve('y');
  graph.node('Dropout', [x, graph.float(0.5), training], ['y']);
  graph.output('y', 'float32', [null, 4]);
  return fromBinary(ModelProtoSchema, graph.build());
}

/** The same as a function of the model, with its constants among its nodes. */
function inFunction(flag: boolean): ModelProto {
  const model = dropout(flag);
  const { graph } = model;
  const constants = (graph?.initializer ?? []).map((t) =>
    create(NodeProtoSchema, { opType: 'Constant', output: [t.name], attribute: [{ name: 'value', t }] }),
  );
  const node = [...constants, ...(graph?.node ?? [])];
  model.functions = [create(FunctionProtoSchema, { domain: 'own', name: 'Drop', input: ['x'], output: ['y'], node })];
  if (graph) {
    graph.initializer = [];
    graph.node = [create(NodeProtoSchema, { domain: 'own', opType: 'Drop', input: ['x'], output: ['y'] })];
  }
  return model;
}

/** A normalization in training mode of weights, as PyTorch exports a convolution that standardises its own, or of samples. */
function normalized(what: 'weights' | 'samples'): ModelProto {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [null, 2]);
  const [one, zero] = [graph.float([1, 1]), graph.float([0, 0])];
  const kernel = graph.op('Reshape', [graph.float([1, 2, 3, 4]), graph.ints([2, 2])]);
  const normal = graph.op('BatchNormalization', [what === 'weights' ? kernel : x, one, zero, zero, one], {
    training_mode: 1,
  });
  graph.reserve('y');
  graph.node('MatMul', [x, what === 'weights' ? normal : kernel], ['y']);
  if (what === 'samples') graph.output(normal, 'float32', [null, 2]);
  graph.output('y', 'float32', [null, 2]);
  return fromBinary(ModelProtoSchema, graph.build());
}

describe('checkRandom', () => {
  it('refuses a normalization by the other samples, and takes one of weights', () => {
    expect(() => checkRandom(normalized('samples'))).toThrow(/by the other samples: BatchNormalization/);
    expect(() => checkRandom(normalized('weights'))).not.toThrow();
  });

  it('takes what a function calls by the name of a weight for no weight', () => {
    const model = normalized('weights');
    const weight = model.graph?.initializer[0]?.name as string;
    const training = { name: 'training_mode', i: 1n, type: AttributeProto_AttributeType.INT };
    const node = create(NodeProtoSchema, { opType: 'BatchNormalization', input: [weight], attribute: [training] });
    const body = { domain: 'own', name: 'Normal', input: [weight], output: ['y'], node: [node] };
    model.functions = [create(FunctionProtoSchema, body)];
    model.graph?.node.push(create(NodeProtoSchema, { domain: 'own', opType: 'Normal', input: ['x'], output: ['y'] }));
    expect(() => checkRandom(model)).toThrow(/by the other samples: BatchNormalization/);
  });

  it.each([
    ['a constant switches on', dropout(true)],
    ['whoever asks may switch on', dropout('input')],
    ['a constant of its function switches on', inFunction(true)],
  ])('refuses a Dropout that %s', (_, model) => {
    expect(() => checkRandom(model)).toThrow(/answers at random: Dropout/);
  });

  it.each([
    ['a constant', dropout(false)],
    ['a constant of its function', inFunction(false)],
  ])('takes one that %s keeps off', (_, model) => {
    expect(() => checkRandom(model)).not.toThrow();
  });
});
