import { renamed } from '#onnx';
import { given, type Operand, Refused } from '../../tensorflow/operand.ts';
import { type LiteConverter, type LiteEmission, option } from '../emission.ts';

/** Over the last axis, of numbers that are multiplied first. */
function softmax(e: LiteEmission): Operand {
  const beta = option(e.operator, 'beta');
  const x = e.graph.toLayout(e.value(0), 'channels-last');
  if (x.datatype !== 'float32' || !Number.isFinite(beta)) throw new Refused(`SOFTMAX of ${x.datatype}`);
  const scaled = beta === 1 ? x.name : e.graph.op('Mul', [x.name, e.graph.float(beta)]);
  return given(renamed(x, e.graph.op('Softmax', [scaled], { axis: -1 })));
}

export const ACTIVATIONS: readonly LiteConverter[] = [
  { ops: ['SOFTMAX'], emit: softmax },
  { ops: ['QUANTIZE', 'DEQUANTIZE'], emit: (e) => e.input(0) },
];
