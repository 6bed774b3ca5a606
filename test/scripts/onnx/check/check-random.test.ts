import { create, fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { checkRandom } from '../../../../scripts/onnx/check/check-random.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import {
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

describe('checkRandom', () => {
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
