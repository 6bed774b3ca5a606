import {
  type Classifier,
  elementCount,
  expected,
  findOutput,
  knownParameters,
  ModelError,
  type TensorData,
  type TensorValues,
  writeTensor,
} from '@freezeframe/inference';
import type { Feeds } from '../../tensors/feeds.ts';
import { bytesOf, joinElements } from './bytes.ts';
import type { OipRequest } from './schemas.ts';

interface Written {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** What of it is needed: for JSON, or for the bytes behind it. */
  readonly json: () => unknown[];
  readonly bytes: () => Uint8Array;
}

/** Checks that each output that is asked for is there, before anything is run. @throws RequestError `output-unknown`. */
export function wantedOutputs({ outputs }: Classifier, request: OipRequest): NonNullable<OipRequest['outputs']> {
  if (!request.outputs?.length) return outputs.map(({ name }) => ({ name }));
  for (const { name } of request.outputs) findOutput(outputs, name);
  return request.outputs;
}

/**
 * Writes the answer: JSON, with the outputs that were asked for as bytes behind it, in order.
 * @throws ModelError `model-output-invalid` for NaN and infinity, and for numbers beyond 2^53 in JSON.
 */
export function writeOipResponse(classifier: Classifier, request: OipRequest, results: Feeds, rows: number): Response {
  const { name, version } = classifier.manifest;
  const known = knownParameters(classifier.manifest, results, rows);
  const binary: Uint8Array[] = [];
  const outputs = wantedOutputs(classifier, request).map(({ name: output, parameters }) => {
    const classes = parameters?.classification ?? 0;
    const tensor = results[output] as TensorData;
    const written = classes > 0 ? classified(classifier, output, tensor, classes) : plain(output, tensor);
    const head = { name: output, datatype: written.datatype, shape: written.shape };
    if (!(parameters?.binary_data ?? request.parameters?.binary_data_output ?? false)) {
      return { ...head, data: written.json() };
    }
    const bytes = written.bytes();
    binary.push(bytes);
    return { ...head, parameters: { binary_data_size: bytes.byteLength } };
  });
  const id = request.id === undefined ? {} : { id: request.id };
  const parameters = known ? { parameters: known } : {};
  const json = Buffer.from(JSON.stringify({ model_name: name, model_version: version, ...id, ...parameters, outputs }));
  const headers = { 'cache-control': 'no-store' };
  if (binary.length === 0) {
    return new Response(json, { headers: { ...headers, 'content-type': 'application/json' } });
  }
  return new Response(Buffer.concat([json, ...binary]), {
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(json.byteLength),
    },
  });
}

function plain(name: string, tensor: TensorData): Written {
  const { datatype, shape, data } = tensor;
  return {
    name,
    datatype,
    shape,
    json: () => writeTensor(name, tensor).data,
    bytes: () => bytesOf(checkFinite(name, data)),
  };
}

/** As in JSON: whoever looks for the largest of an answer with NaN in it finds whatever comes first. */
function checkFinite(name: string, values: TensorValues): TensorValues {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return values;
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong === undefined) return values;
  throw new ModelError('model-output-invalid', expected('finite numbers', `output ${name}`, wrong), {
    remedy: 'Check the weights and the input: the model answered with NaN or infinity.',
  });
}

/** Triton's classification extension: the best classes of each row as `value:index:label`, the value as C's `%f`. */
function classified({ manifest }: Classifier, name: string, tensor: TensorData, classes: number): Written {
  const { output } = manifest;
  // As JSON: NaN has no place in an order, and whatever came first would be the best.
  const { shape, data } = writeTensor(name, tensor);
  const labels = output.kind === 'classification' && output.name === name ? output.labels : [];
  const [rows = 1, ...rest] = shape;
  const length = elementCount(rest);
  const count = Math.min(classes, length);
  const texts = Array.from({ length: rows }, (_, row) =>
    best(data.slice(row * length, (row + 1) * length), count, labels.length === length ? labels : []),
  ).flat();
  return { name, datatype: 'BYTES', shape: [rows, count], json: () => texts, bytes: () => joinElements(texts) };
}

function best(row: readonly (number | boolean)[], count: number, labels: readonly string[]): string[] {
  const values = row.map(Number);
  const order = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  return order.slice(0, count).map((index) => {
    const label = labels[index];
    return `${(values[index] as number).toFixed(6)}:${index}${label === undefined ? '' : `:${label}`}`;
  });
}
