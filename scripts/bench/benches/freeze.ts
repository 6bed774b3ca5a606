import { freezeModel } from '#convert';
import { readAll } from '#read';
import { type Bench, type BenchOptions, medians, round, say } from '../bench.ts';
import { sampleModel } from '../setups/served-model.ts';

const ROUNDS = 10;

export const freezeBench: Bench = {
  name: 'freeze',
  summary: 'A Keras model in memory to the bytes of an ONNX graph (MobileNetV2).',
  async run({ rounds = ROUNDS }: BenchOptions) {
    const { imported } = await readAll(sampleModel(), {});
    if (imported.kind !== 'keras') throw new Error('the sample is no Keras model');
    const { model } = imported;
    const tensors = { kind: 'tensors' } as const;
    const freeze = async () => freezeModel(model, { input: tensors, output: tensors });
    const { freeze: ms } = await medians({ freeze }, rounds);
    say(`${round(ms)} ms`);
    return { freezeMs: round(ms) };
  },
};
