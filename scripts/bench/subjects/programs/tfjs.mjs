// What a JavaScript tutorial leads to: TensorFlow.js and jimp. BACKEND is wasm or node.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Jimp } from 'jimp';

const { BACKEND, LABELS, MODEL } = process.env;
const tf = await backend();
const labels = JSON.parse(readFileSync(LABELS, 'utf8'));
const model = await tf.loadLayersModel({ load: async () => artifacts(MODEL) });
// The first run chooses and compiles its kernels.
tf.tidy(() => model.predict(tf.zeros([1, 224, 224, 3])).dataSync());

export async function handler({ body }) {
  const picture = await Jimp.fromBuffer(Buffer.from(body, 'base64'));
  picture.cover({ w: 256, h: 256 }).crop({ x: 16, y: 16, w: 224, h: 224 });
  const { data } = picture.bitmap;
  const pixels = new Float32Array(224 * 224 * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    for (let channel = 0; channel < 3; channel++) pixels[to++] = data[from + channel] / 127.5 - 1;
  }
  const probabilities = tf.tidy(() => model.predict(tf.tensor4d(pixels, [1, 224, 224, 3])).dataSync());
  const predictions = Array.from(probabilities, (probability, index) => ({ label: labels[index], probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 5);
  return { statusCode: 200, body: JSON.stringify({ predictions }) };
}

async function backend() {
  if (BACKEND === 'node') return import('@tensorflow/tfjs-node');
  const [core, layers, wasm] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('@tensorflow/tfjs-layers'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  wasm.setWasmPaths(`${dirname(MODEL)}/wasm/`);
  await core.setBackend('wasm');
  return { ...core, ...layers };
}

function artifacts(file) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(file, 'utf8'));
  const [{ paths, weights }] = weightsManifest;
  const bytes = readFileSync(join(dirname(file), paths[0]));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return { modelTopology, weightSpecs: weights, weightData };
}
