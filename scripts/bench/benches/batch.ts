import { join } from 'node:path';
import { openClassifier } from '@freezeframe/inference';
import { openStore } from '#store';
import { type Bench, type BenchOptions, inTemporaryFolder, medians, round, say } from '../bench.ts';
import { MOBILE_MANIFEST, mobileGraph } from '../setups/mobile-net.ts';
import { photograph } from '../setups/photograph.ts';

const ROUNDS = 10;
const PICTURES = 16;

export const batchBench: Bench = {
  name: 'batch',
  summary: `${PICTURES} pictures in one request, against the same ones one after the other (MobileNetV1 1.0/224).`,
  run: ({ rounds = ROUNDS }: BenchOptions) =>
    inTemporaryFolder(async (work) => {
      const store = openStore(join(work, 'store'));
      const { folder } = await store.save('mobile', { model: mobileGraph(), manifest: MOBILE_MANIFEST });
      const classifier = await openClassifier(folder);
      try {
        const picture = await photograph(1280, 960).jpeg({ quality: 90 }).toBuffer();
        const pictures = Array.from({ length: PICTURES }, () => picture);
        const ms = await medians(
          {
            batch: () => classifier.classifyBatch(pictures),
            single: async () => {
              for (const each of pictures) await classifier.classify(each);
            },
          },
          rounds,
        );
        const ratio = round(ms.batch / ms.single, 3);
        say(
          `${round(ms.batch / PICTURES)} ms a picture at once, ${round(ms.single / PICTURES)} ms one by one: ${ratio}x`,
        );
        return { pictures: PICTURES, batchMs: round(ms.batch), singleMs: round(ms.single), ratio };
      } finally {
        await classifier.close();
      }
    }),
};
