import { loadDataset } from '#datasets';
import { median } from '#system';
import { type BatchSource, findArchitecture, openBackend, type Samples, shuffledBatches, type Trainer } from '#train';
import type { Bench } from '../bench.ts';
import { type EpochCost, startKeras } from '../keras/train-keras.ts';

const ROUNDS = 7;

/** `npm run bench -- train --rounds 7`; Keras takes part where `KERAS_PYTHON` names an interpreter that has it. */
export const trainBench: Bench = {
  name: 'train',
  summary: 'An epoch of the large CNN on MNIST, here and with Keras 3, taking turns.',
  async run({ rounds = ROUNDS }) {
    const dataset = await loadDataset('mnist');
    if (dataset.kind !== 'pictures') throw new Error('MNIST is made of pictures');
    const { count, pixels, classes } = dataset.splits.train;
    const samples: Samples = { count, x: pixels, y: classes };
    const largeCnn = findArchitecture('large-cnn');
    const { batchSize } = largeCnn.defaults;
    const config = largeCnn.config({ shape: [28, 28, 1], outputs: 10 });
    const backend = await openBackend('onnx');
    const input = { kind: 'pixels', scale: [1 / 255], offset: [0] } as const;
    const trainer = await backend.open({ config, input, loss: 'crossentropy', seed: 1 });
    const source = shuffledBatches(samples, { batchSize, seed: 1 });
    const python = process.env.KERAS_PYTHON;
    if (!python) process.stderr.write('Keras is left out: KERAS_PYTHON names no Python that has it.\n');
    const keras = python ? await startKeras(python, samples, batchSize) : undefined;
    try {
      const own: EpochCost[] = [];
      const theirs: EpochCost[] = [];
      // The first round of each is not counted: graphs are made and memory is asked for.
      for (let round = 0; round <= rounds; round++) {
        const cost = await epoch(trainer, source, round + 1);
        const other = await keras?.epoch();
        const said = [inWords(cost), ...(other ? [`Keras ${inWords(other)}`] : [])];
        process.stderr.write(`round ${round}: ${said.join('; ')}\n`);
        if (round > 0) own.push(cost);
        if (round > 0 && other) theirs.push(other);
      }
      const figures = {
        samples: count,
        batchSize,
        engine: backend.engine,
        secondsPerEpoch: median(own.map(({ seconds }) => seconds)),
        processorSecondsPerEpoch: median(own.map(({ processorSeconds }) => processorSeconds)),
      };
      if (!keras) return figures;
      const pairs = own.map((cost, i) => [cost, theirs[i] as EpochCost] as const);
      return {
        ...figures,
        keras: keras.version,
        kerasSecondsPerEpoch: median(theirs.map(({ seconds }) => seconds)),
        kerasProcessorSecondsPerEpoch: median(theirs.map(({ processorSeconds }) => processorSeconds)),
        ratio: median(pairs.map(([here, there]) => here.seconds / there.seconds)),
        processorRatio: median(pairs.map(([here, there]) => here.processorSeconds / there.processorSeconds)),
      };
    } finally {
      keras?.close();
      await trainer.close();
    }
  },
};

async function epoch(trainer: Trainer, source: BatchSource, number: number): Promise<EpochCost> {
  const start = performance.now();
  const before = process.cpuUsage();
  let step = 0;
  for await (const batch of source.epoch(number)) await trainer.train(batch, 0.001, ++step);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1e3, processorSeconds: (user + system) / 1e6 };
}

function inWords({ seconds, processorSeconds }: EpochCost): string {
  return `${seconds.toFixed(2)} s, ${processorSeconds.toFixed(2)} s of processor time`;
}
