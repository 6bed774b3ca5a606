import { DATATYPE_NUMBERS, type Value } from '#onnx';
import { frontAxis, given, type Operand, plain, Refused } from '../../tensorflow/operand.ts';
import { integer, known, type LiteConverter, type LiteEmission, option } from '../emission.ts';

/** Parts of one cell along an axis, without that axis. */
function unpacked(e: LiteEmission): Operand[] {
  const x = e.graph.toLayout(e.value(0), 'channels-last');
  const axis = frontAxis(option(e.operator, 'axis'), x.shape.length);
  if (x.shape[axis] !== e.outputs.length) throw new Refused(`${e.outputs.length} parts of [${x.shape}]`);
  const shape = x.shape.toSpliced(axis, 1);
  return e.outputs.map((_, i) => plain(e.graph.op('Gather', [x.name, e.graph.int(i)], { axis }), shape, x.datatype));
}

function inputsOf(e: LiteEmission): Operand[] {
  if (e.inputs.length === 0) throw new Refused('nothing is given');
  return e.inputs.map((_, i) => e.input(i));
}

const DATATYPES = { FLOAT32: 'float32', INT32: 'int32', INT64: 'int64', UINT8: 'uint8', BOOL: 'bool' } as const;

/** Numbers as they are stored: TensorFlow Lite does not look at scales here. */
function cast(e: LiteEmission): Operand {
  const type = e.outputs[0]?.type ?? '';
  const datatype = Object.hasOwn(DATATYPES, type) ? DATATYPES[type as keyof typeof DATATYPES] : undefined;
  const quantized = e.inputs[0]?.tensor.quantization ?? e.outputs[0]?.quantization;
  if (!datatype || quantized) throw new Refused(`a cast from ${e.inputs[0]?.tensor.type} to ${type}`);
  const input = e.input(0);
  if (input.kind === 'sizes' && datatype.startsWith('int')) return input;
  const x: Value = e.value(0);
  if (x.datatype === datatype) return given(x);
  return given({ ...x, name: e.graph.op('Cast', [x.name], { to: DATATYPE_NUMBERS[datatype] }), datatype });
}

export const JOINING: readonly LiteConverter[] = [
  {
    ops: ['CONCATENATION'],
    keeps: true,
    emit: (e) => e.tensorflow('ConcatV2', [...inputsOf(e), known(option(e.operator, 'axis'))]),
  },
  {
    ops: ['PACK'],
    keeps: true,
    emit: (e) => e.tensorflow('Pack', inputsOf(e), { axis: integer(option(e.operator, 'axis')) }),
  },
  { ops: ['UNPACK'], keeps: true, emit: unpacked },
  {
    ops: ['SPLIT'],
    keeps: true,
    emit: (e) => e.tensorflow('Split', [e.input(0), e.input(1)], { num_split: integer(option(e.operator, 'count')) }),
  },
  { ops: ['SPLIT_V'], keeps: true, emit: (e) => e.tensorflow('SplitV', inputsOf(e)) },
  {
    ops: ['GATHER'],
    keeps: true,
    emit: (e) =>
      e.tensorflow('GatherV2', [e.input(0), e.input(1), known(option(e.operator, 'axis'))], {
        batch_dims: integer(option(e.operator, 'batch_dims')),
      }),
  },
  { ops: ['CAST'], emit: cast },
];
