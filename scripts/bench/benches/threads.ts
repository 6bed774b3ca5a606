import { builtFunction } from '#local';
import { type Bench, inTemporaryFolder, say } from '../bench.ts';
import { bundleMobile } from '../setups/mobile-net.ts';
import { photograph } from '../setups/photograph.ts';
import { type Asked, askThreads } from '../setups/threads.ts';

const ROUNDS = 10;
/** As a managed instance starts them: one, one for each of four vCPUs, and the eight that Lambda starts for one. */
const THREADS = [1, 4, 8] as const;
const AT_ONCE = 16;

/** `npm run bench -- threads --rounds 10` */
export const threadsBench: Bench = {
  name: 'threads',
  summary: `What a process holds whose threads answer ${AT_ONCE} pictures of 640x480 at once each (MobileNetV1 1.0/224).`,
  async run({ rounds = ROUNDS }) {
    return inTemporaryFolder(async (work) => {
      const { built } = await bundleMobile(work);
      const body = await photograph(640, 480).jpeg({ quality: 90 }).toBuffer();
      const asked: Asked[] = Array.from({ length: AT_ONCE }, () => ({ body, wanted: ['class'] }));
      const figures: Record<string, unknown> = {};
      for (const threads of THREADS) {
        const settings = builtFunction(built.outDir, 'http', {
          API_AUTH: 'public',
          ORT_DISABLE_TELEMETRY: '1',
          AWS_LAMBDA_MAX_CONCURRENCY: String(AT_ONCE * threads),
        });
        const start = performance.now();
        const { wrong, right, megabytes } = await askThreads(settings, { threads, rounds, asked });
        if (wrong.length > 0) throw new Error(`${wrong.length} wrong answers, such as ${wrong[0]}`);
        const perSecond = Math.round((1000 * right) / (performance.now() - start));
        figures[`${threads} of them`] = { mb: megabytes, answersPerSecond: perSecond };
        say(`${threads}: ${megabytes} MB, ${perSecond} answers a second with the start`);
      }
      return figures;
    });
  },
};
