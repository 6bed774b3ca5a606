import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { importModel } from '#import';
import { openStore } from '#store';
import { median } from '#system';
import {
  type Bench,
  type BenchOptions,
  chosenNames,
  fromEnvironment,
  inTemporaryFolder,
  round,
  say,
} from '../bench.ts';

const ROUNDS = 3;

export const importBench: Bench = {
  name: 'import',
  summary: 'Each model of MODELS_SAMPLE_DIR: read, frozen, verified and saved.',
  async run({ rounds = ROUNDS, only = [] }: BenchOptions) {
    const folder = fromEnvironment('MODELS_SAMPLE_DIR', 'a folder of models');
    const files = chosenNames(await readdir(folder), only);
    const figures: Record<string, unknown> = {};
    for (const file of files) {
      const seconds = await inTemporaryFolder(async (work) => {
        const times: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const store = openStore(join(work, `store-${round}`));
          const report = await importModel({
            path: join(folder, file),
            name: 'model',
            store,
            pictures: { preprocess: 'tf' },
          });
          times.push(report.seconds);
        }
        return median(times);
      });
      say(`${file}: ${round(seconds, 2)} s`);
      figures[file] = { seconds: round(seconds, 2) };
    }
    return figures;
  },
};
