import { create } from '@bufbuild/protobuf';
import { DATATYPE_INFO, type Engine, type TensorData } from '@freezeframe/inference';
import { type GraphProto, TensorShapeProto_DimensionSchema, TensorShapeProtoSchema } from '#onnx';
import { ROWS } from '../checks/rows.ts';

/**
 * Declares outputs as they come: exporters write shapes that their graphs do not answer (one column where two are declared),
 * and leave shapes out. In place.
 * @returns names of the outputs that were declared otherwise
 */
export async function correctOutputs(
  graph: GraphProto,
  engine: Engine,
  shapeFor: (name: string, rows: number) => number[],
  free: boolean,
): Promise<string[]> {
  const run = (rows: number) => engine.run(zeros(engine, shapeFor, rows));
  const one = await run(1);
  // Where several samples fail, so will the comparison, which says more.
  const several = free ? await run(ROWS).catch(() => one) : one;
  const wrong: string[] = [];
  for (const { name, shape } of engine.outputs) {
    const [alone, among] = [one[name], several[name]] as [TensorData, TensorData];
    const seen = alone.shape.map((size, axis) => (size === among.shape[axis] ? size : null));
    const fits =
      shape.length === seen.length &&
      shape.every((size, axis) => size === null || (size === alone.shape[axis] && size === among.shape[axis]));
    if (fits) continue;
    declare(graph, name, seen);
    wrong.push(name);
  }
  return wrong;
}

function declare({ output }: GraphProto, name: string, shape: readonly (number | null)[]): void {
  const type = output.find((info) => info.name === name)?.type;
  if (type?.value.case !== 'tensorType') return;
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, size === null ? {} : { value: { case: 'dimValue', value: BigInt(size) } }),
  );
  type.value.value.shape = create(TensorShapeProtoSchema, { dim });
}

function zeros({ inputs }: Engine, shapeFor: (name: string, rows: number) => number[], rows: number) {
  const feeds = inputs.map(({ name, datatype }): [string, TensorData] => {
    const shape = shapeFor(name, rows);
    const data = new DATATYPE_INFO[datatype].array(shape.reduce((n, size) => n * size, 1));
    return [name, { datatype, shape, data }];
  });
  return Object.fromEntries(feeds);
}
