import { describe, expect, it } from 'vitest';
import { ownRange } from '../../../../scripts/import/onnx/own-range.ts';
import { parseOnnx } from '../../../../scripts/onnx/check/parse-onnx.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import { TensorProto_DataType } from '../../../../scripts/onnx/index.ts';

type Step = (graph: GraphBuilder, x: string) => string;

/** What a graph that begins with these operators takes. */
function rangeOf(...steps: readonly Step[]) {
  const graph = new GraphBuilder();
  const input = graph.input('x', 'float32', [null, 16, 16, 3]);
  graph.reserve('y');
  graph.node('Identity', [steps.reduce((x, step) => step(graph, x), input)], ['y']);
  graph.output('y', 'float32', [null, 16, 16, 3]);
  const parsed = parseOnnx(graph.build()).graph;
  return parsed && ownRange(parsed, 'x')?.takes;
}

const by =
  (type: string, value: number | number[]): Step =>
  (graph, x) =>
    graph.op(type, [x, graph.float(value)]);
const from =
  (type: string, value: number): Step =>
  (graph, x) =>
    graph.op(type, [graph.float(value), x]);
const planes: Step = (graph, x) => graph.op('Transpose', [x], { perm: [0, 3, 1, 2] });
const relu: Step = (graph, x) => graph.op('Relu', [x]);
const normalized =
  (mean: number): Step =>
  (graph, x) => {
    const [one, means] = [1, mean].map((value) => graph.float([value, value, value], [3]));
    return graph.op('BatchNormalization', [x, one as string, one as string, means as string, one as string]);
  };

const stored =
  (step: number): Step =>
  (graph, x) =>
    graph.op('QuantizeLinear', [x, graph.float(step)]);

describe('the first arithmetic of a graph', () => {
  it.each<[string, Step[], 'bytes' | 'unit' | 'signed' | undefined]>([
    ['x / 255', [by('Div', 255)], 'bytes'],
    ['x / 127.5 - 1', [by('Mul', 1 / 127.5), by('Add', -1)], 'bytes'],
    ['the mean of bytes', [by('Sub', [123.68, 116.78, 103.94])], 'bytes'],
    ['x * 2 - 1', [by('Mul', 2), by('Sub', 1)], 'unit'],
    ['the mean of 0..1', [by('Sub', [0.485, 0.456, 0.406])], 'unit'],
    ['255 - x', [from('Sub', 255)], 'bytes'],
    ['x + -127.5', [by('Add', -127.5)], 'bytes'],
    ['(x + 1) / 2, of -1..1', [by('Add', 1), by('Div', 2)], undefined],
    ['255 / x', [from('Div', 255)], undefined],
    ['planes first', [planes, by('Mul', 1 / 255)], 'bytes'],
    ['a batch normalization trained on bytes', [planes, normalized(120)], 'bytes'],
    ['a batch normalization trained on something else', [planes, normalized(0.4)], undefined],
    ['what is behind a layer', [relu, by('Div', 255)], undefined],
    ['a factor of any kind', [by('Mul', 0.3)], undefined],
    ['numbers stored from 0 to 255', [stored(1)], 'bytes'],
    ['numbers stored from 0 to 1', [stored(1 / 255)], 'unit'],
    ['numbers stored from -1 to 1', [stored(2 / 255)], 'signed'],
    ['numbers stored otherwise', [stored(0.02)], undefined],
    ['nothing of the kind', [relu], undefined],
  ])('%s', (_, steps, takes) => {
    expect(rangeOf(...steps)).toBe(takes);
  });

  it.each([
    ['in the bytes of the file', { rawData: Uint8Array.of(0xf8, 0x5b) }],
    ['as numbers', { int32Data: [0x5bf8] }],
  ])('reads constants of half precision, %s', (_, held) => {
    const graph = new GraphBuilder();
    const input = graph.input('x', 'float32', [null, 16, 16, 3]);
    graph.reserve('y');
    graph.node('Div', [input, graph.float(255)], ['y']);
    graph.output('y', 'float32', [null, 16, 16, 3]);
    const parsed = parseOnnx(graph.build()).graph as NonNullable<ReturnType<typeof parseOnnx>['graph']>;
    const empty = { floatData: [], rawData: new Uint8Array(), dataType: TensorProto_DataType.FLOAT16 };
    for (const tensor of parsed.initializer) Object.assign(tensor, empty, held);
    expect(ownRange(parsed, 'x')?.takes).toBe('bytes');
  });
});
