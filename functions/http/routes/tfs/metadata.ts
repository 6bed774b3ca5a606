import type { Classifier, Datatype, EngineTensor } from '@freezeframe/inference';
import { labelOutputs } from '../../tensors/known.ts';

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

/**
 * The signature that answers every output of a model which has more than its labels need. Any other name means
 * `serving_default`, whose rows stay as clients of the labels know them.
 */
const ALL_OUTPUTS = 'all_outputs';

export function signatureOutputs(classifier: Classifier, signature?: string): readonly EngineTensor[] {
  return signature === ALL_OUTPUTS ? classifier.outputs : labelOutputs(classifier);
}

/** TensorFlow Serving's metadata: protobuf messages as JSON, so 64-bit sizes are text. */
export function tfsMetadata(classifier: Classifier) {
  const { manifest, inputs, outputs } = classifier;
  const labels = labelOutputs(classifier);
  const signature = (answered: readonly EngineTensor[]) => ({
    inputs: byName(inputs),
    outputs: byName(answered),
    method_name: 'tensorflow/serving/predict',
    defaults: {},
  });
  return {
    model_spec: { name: manifest.name, signature_name: '', version: manifest.version },
    metadata: {
      signature_def: {
        signature_def: {
          serving_default: signature(labels),
          ...(labels.length < outputs.length ? { [ALL_OUTPUTS]: signature(outputs) } : {}),
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
