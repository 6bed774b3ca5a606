import { rangeOfFactors, rangeOfMeans } from '#convert';
import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from '#onnx';
import { float16ToNumber } from '#tensorflow';
import type { ModelFacts, Takes } from '../facts/model-facts.ts';

/** What picks, orders or resizes a picture's numbers. */
const KEEPS_RANGE = new Set([
  'Cast',
  'Concat',
  'Flatten',
  'Gather',
  'Identity',
  'Pad',
  'Reshape',
  'Resize',
  'Slice',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Upsample',
]);
const RANGES: Readonly<Record<Takes, string>> = { bytes: '0..255', unit: '0..1', signed: '-1..1' };
/** Constants of preprocessing are one number for each channel; what is larger is read by nobody here. */
const MAX_CONSTANT = 16;

/** What the first arithmetic on the picture says of the numbers that the graph takes: exporters keep `Rescaling` and the like. */
export function ownRange(graph: GraphProto, input: string): ModelFacts['own'] {
  const constants = constantsOf(graph);
  const seen = new Set<string>();
  const look = (name: string): ModelFacts['own'] => {
    if (seen.has(name)) return undefined;
    seen.add(name);
    for (const node of graph.node) {
      if (!node.input.includes(name)) continue;
      const takes = rangeOf(node, name, constants);
      if (takes) return { takes, reason: `its ${node.opType} at the input takes ${RANGES[takes]}` };
      const found = KEEPS_RANGE.has(node.opType) && node.output.map(look).find((own) => own !== undefined);
      if (found) return found;
    }
    return undefined;
  };
  return look(input);
}

function rangeOf(
  { opType, input }: NodeProto,
  name: string,
  constants: ReadonlyMap<string, readonly number[]>,
): Takes | undefined {
  const first = input[0] === name;
  const given = (at: number) => constants.get(input[at] ?? '') ?? [];
  const other = given(first ? 1 : 0);
  if (opType === 'Sub') return rangeOfMeans(other);
  if (opType === 'Add') return rangeOfMeans(other.map((value) => -value));
  if (opType === 'Mul') return rangeOfFactors(other);
  if (opType === 'Div') return first ? rangeOfFactors(other.map((value) => 1 / value)) : undefined;
  // Trained on bytes it has their mean; a small one tells nothing.
  if (opType === 'BatchNormalization') return rangeOfMeans(given(3)) === 'bytes' ? 'bytes' : undefined;
  if (opType === 'QuantizeLinear') return rangeOfStored(given(1));
  return undefined;
}

/** Calibrated on pictures: from the darkest to the brightest number in 255 steps. */
function rangeOfStored([step = 0]: readonly number[]): Takes | undefined {
  const width = step * 255;
  if (width > 128) return 'bytes';
  if (width > 1.7 && width < 2.1) return 'signed';
  return width > 0.7 && width < 1.1 ? 'unit' : undefined;
}

function constantsOf({ initializer, node }: GraphProto): ReadonlyMap<string, readonly number[]> {
  const tensors = initializer.map((tensor) => [tensor.name, tensor] as const);
  const constants = node.flatMap(({ opType, attribute, output }) => {
    const value = opType === 'Constant' ? attribute.find(({ name }) => name === 'value')?.t : undefined;
    return value ? [[output[0] ?? '', value] as const] : [];
  });
  return new Map([...tensors, ...constants].map(([name, tensor]) => [name, numbersOf(tensor)]));
}

/** None of whole numbers, and of larger tensors. */
function numbersOf({ dims, dataType, rawData, floatData, doubleData, int32Data }: TensorProto): readonly number[] {
  const length = dims.reduce((product, size) => product * Number(size), 1);
  const type = TYPES.get(dataType);
  if (!type || length > MAX_CONSTANT) return [];
  if (rawData.byteLength > 0) {
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
    return Array.from({ length: Math.floor(rawData.byteLength / type.bytes) }, (_, i) => type.at(view, i * type.bytes));
  }
  if (dataType === TensorProto_DataType.FLOAT16) return int32Data.map(float16ToNumber);
  return dataType === TensorProto_DataType.DOUBLE ? doubleData : floatData;
}

interface FloatType {
  readonly bytes: number;
  at(view: DataView, offset: number): number;
}

const TYPES = new Map<number, FloatType>([
  [TensorProto_DataType.FLOAT, { bytes: 4, at: (view, offset) => view.getFloat32(offset, true) }],
  [TensorProto_DataType.DOUBLE, { bytes: 8, at: (view, offset) => view.getFloat64(offset, true) }],
  [TensorProto_DataType.FLOAT16, { bytes: 2, at: (view, offset) => float16ToNumber(view.getUint16(offset, true)) }],
]);
