import { DATATYPE_INFO, type TensorData } from '@freezeframe/inference';
import type { Samples } from '#frozen';

/** Made-up inputs in the datatypes that a graph takes: a model may want int64 where any whole numbers will do. */
export function inDatatypes(
  samples: Samples,
  inputs: readonly Pick<TensorData & { name: string }, 'name' | 'datatype'>[],
): Samples {
  return Object.fromEntries(
    inputs.map(({ name, datatype }): [string, TensorData] => {
      const { shape, data } = samples[name] as TensorData;
      const values = new DATATYPE_INFO[datatype].array(data.length);
      const big = datatype === 'INT64' || datatype === 'UINT64';
      for (let i = 0; i < values.length; i++) values[i] = (big ? BigInt(Number(data[i])) : data[i]) as never;
      return [name, { datatype, shape, data: values }];
    }),
  );
}
