import { openBackend } from '#train';

/** Learns that an answer is half of a number: whether the native library computes at all. */
const layer = { name: 'dense', units: 1, activation: 'linear', batch_input_shape: [null, 1] };
const config = {
  class_name: 'Sequential',
  config: { name: 'half', layers: [{ class_name: 'Dense', config: layer }] },
};

try {
  const backend = await openBackend('tfjs-node');
  const trainer = await backend.open({ config, input: { kind: 'floats' }, loss: 'mean_squared_error', seed: 1 });
  const batch = { count: 4, x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(0.5, 1, 1.5, 2) };
  for (let step = 1; step <= 300; step++) await trainer.train(batch, 0.02, step);
  const { loss } = await trainer.evaluate(batch);
  if (!(loss < 0.01)) throw new Error(`a loss of ${loss} after 300 steps`);
  process.stdout.write(`--backend tfjs-node works on Node ${process.versions.node}: ${backend.engine}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
