import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { liteModel } from '../../convert/tflite/answers.ts';
import { doublingFunctions, endlessLoop } from '../../onnx/hostile-models.ts';
import { pictureModel, tableModel } from '../../onnx/models.ts';
import type { Files } from './mutations.ts';

/** A real small model. */
export interface Seed {
  readonly name: string;
  /** The reader that knows it; undefined where it is read beside a model. */
  readonly format: string | undefined;
  readonly kind: 'file' | 'folder' | 'zip' | 'scaler' | 'encoder' | 'labels';
  readonly files: Files;
}

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const read = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));
const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

const file = (format: string | undefined, path: string, kind: Seed['kind'] = 'file'): Seed => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, format, kind, files: { [name]: read(path) } };
};
/** A zip whose entries are changed before it is packed again: a wrong checksum would hide what is inside from its reader. */
const repacked = (format: string, path: string): Seed => ({
  name: `${path} (repacked)`,
  format,
  kind: 'zip',
  files: Object.fromEntries(Object.entries(unzipSync(read(path))).filter(([name]) => !name.endsWith('/'))),
});
const folder = (format: string, name: string, files: Files, kind: Seed['kind'] = 'folder'): Seed => ({
  name,
  format,
  kind,
  files,
});

/** A classifier of pictures of 8 x 8, as TensorFlow.js writes it. */
function tfjsFiles(): Files {
  const layers = [
    { class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 8, 8, 3], dtype: 'float32' } },
    { class_name: 'Conv2D', config: { name: 'c', filters: 2, kernel_size: [3, 3], strides: [1, 1], padding: 'same' } },
    { class_name: 'MaxPooling2D', config: { name: 'p', pool_size: [2, 2], strides: [2, 2], padding: 'valid' } },
    { class_name: 'BatchNormalization', config: { name: 'b', axis: 3, epsilon: 0.001 } },
    { class_name: 'Flatten', config: { name: 'f' } },
    { class_name: 'Dense', config: { name: 'd', units: 2, activation: 'softmax', use_bias: true } },
  ];
  const shapes: [string, number[]][] = [
    ['c/kernel', [3, 3, 3, 2]],
    ['c/bias', [2]],
    ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name): [string, number[]] => [`b/${name}`, [2]]),
    ['d/kernel', [32, 2]],
    ['d/bias', [2]],
  ];
  const weights = shapes.map(([name, shape], i) =>
    i === 0
      ? { name, shape, dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.01, min: -1 } }
      : { name, shape, dtype: 'float32' },
  );
  const bytes = 54 + 4 * shapes.slice(1).reduce((sum, [, shape]) => sum + shape.reduce((n, size) => n * size, 1), 0);
  return {
    'model.json': text({
      format: 'layers-model',
      generatedBy: 'keras v2.15.0',
      modelTopology: {
        keras_version: '2.15.0',
        model_config: { class_name: 'Sequential', config: { name: 's', layers } },
      },
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    }),
    'weights.bin': new Uint8Array(bytes).map((_, i) => (i % 4 === 3 ? 0x3e : i % 5)),
  };
}

/** One and more of every format. */
export function seeds(): Seed[] {
  const tfjs = tfjsFiles();
  const metadata = text({
    tfjsVersion: '1.7.4',
    tmVersion: '2.4.7',
    packageName: '@teachablemachine/image',
    labels: ['a', 'b'],
    imageSize: 8,
  });
  const { 'config.json': config, 'model.weights.h5': weights } = unzipSync(
    read('keras/sequential-in-functional.k3.keras'),
  );
  return [
    file('keras-3', 'keras/sequential-in-functional.k3.keras'),
    repacked('keras-3', 'keras/sequential-in-functional.k3.keras'),
    repacked('keras-3', 'keras/trained-with-adam.k3.keras'),
    repacked('keras-2', 'keras/sequential-in-functional.k2.keras'),
    file('keras-hdf5', 'keras/sequential-in-functional.k3.h5'),
    file('keras-hdf5', 'keras/sequential-bare-list.k2.h5'),
    folder('keras-config-and-weights', 'config beside weights', {
      'model.json': config as Uint8Array,
      'model.weights.h5': weights as Uint8Array,
    }),
    folder('tfjs-layers', 'tfjs layers', tfjs),
    folder('teachable-machine', 'teachable machine', { ...tfjs, 'metadata.json': metadata }, 'zip'),
    folder('tfjs-graph', 'tfjs graph', {
      'model.json': read('tfjs-graph/model.json'),
      'weights.bin': read('tfjs-graph/weights.bin'),
    }),
    ...['conv-relu6.int8', 'described.uint8', 'fully-connected-wide.dynamic', 'strided-slice.float'].map(
      (name): Seed => ({ name, format: 'tflite', kind: 'file', files: { [name]: liteModel(name) } }),
    ),
    file('pickle', 'pickle/keras-3.sav'),
    file('pickle', 'pickle/config-and-weights.pkl'),
    file('pickle', 'pickle/config-and-weights.joblib'),
    { name: 'picture.onnx', format: 'onnx', kind: 'file', files: { 'picture.onnx': pictureModel() } },
    { name: 'table.onnx', format: 'onnx', kind: 'file', files: { 'table.onnx': tableModel() } },
    { name: 'loop.onnx', format: 'onnx', kind: 'file', files: { 'loop.onnx': endlessLoop() } },
    { name: 'functions.onnx', format: 'onnx', kind: 'file', files: { 'functions.onnx': doublingFunctions(3) } },
    file(undefined, 'pickle/standard.named.joblib', 'scaler'),
    file(undefined, 'pickle/min-max.protocol-4.pkl', 'scaler'),
    file(undefined, 'pickle/labels.pkl', 'encoder'),
    {
      name: 'labels.csv',
      format: undefined,
      kind: 'labels',
      files: { 'labels.csv': text('index,name\n0,"a, b"\n1,c\n') },
    },
    { name: 'labels.json', format: undefined, kind: 'labels', files: { 'labels.json': text({ 0: 'cat', 1: 'dog' }) } },
  ];
}
