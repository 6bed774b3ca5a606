import type { Classifier, Datatype, EngineTensor } from '@freezeframe/inference';

/** TensorFlow's names of datatypes. */
const DTYPES: Readonly<Record<Datatype, string>> = {
  BOOL: 'DT_BOOL',
  UINT8: 'DT_UINT8',
  UINT16: 'DT_UINT16',
  UINT32: 'DT_UINT32',
  UINT64: 'DT_UINT64',
  INT8: 'DT_INT8',
  INT16: 'DT_INT16',
  INT32: 'DT_INT32',
  INT64: 'DT_INT64',
  FP32: 'DT_FLOAT',
  FP64: 'DT_DOUBLE',
};

/** TensorFlow Serving's metadata: protobuf messages as JSON, so 64-bit sizes are text. */
export function tfsMetadata({ manifest, inputs, outputs }: Classifier) {
  return {
    model_spec: { name: manifest.name, signature_name: '', version: manifest.version },
    metadata: {
      signature_def: {
        signature_def: {
          serving_default: {
            inputs: byName(inputs),
            outputs: byName(outputs),
            method_name: 'tensorflow/serving/predict',
            defaults: {},
          },
        },
      },
    },
  };
}

function byName(tensors: readonly EngineTensor[]) {
  return Object.fromEntries(
    tensors.map(({ name, datatype, shape }) => [
      name,
      {
        dtype: DTYPES[datatype],
        tensor_shape: { dim: shape.map((size) => ({ size: String(size ?? -1), name: '' })), unknown_rank: false },
        name,
      },
    ]),
  );
}
