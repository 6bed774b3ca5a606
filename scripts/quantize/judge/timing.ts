import { createEngine } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import { median } from '#system';

const ROUNDS = 41;
const MOST_SECONDS = 8;

export interface Timing {
  /** Medians of one picture, one thread. */
  readonly float: number;
  readonly int8: number;
  readonly ratio: number;
}

/** Runs both graphs in turns, so that whatever else the machine does slows down both. */
export async function timeBoth(float: Uint8Array, int8: Uint8Array, sample: Samples): Promise<Timing> {
  const engines = [await createEngine(float, { threads: 1 }), await createEngine(int8, { threads: 1 })] as const;
  try {
    const times: [number[], number[]] = [[], []];
    const start = performance.now();
    for (let round = 0; round < ROUNDS && (round < 3 || (performance.now() - start) / 1000 < MOST_SECONDS); round++) {
      for (const which of [0, 1] as const) {
        const began = performance.now();
        await engines[which].run(sample);
        // The first run of each makes buffers.
        if (round > 0) times[which].push(performance.now() - began);
      }
    }
    const [own, other] = [median(times[0]), median(times[1])];
    return { float: own, int8: other, ratio: other / own };
  } finally {
    for (const engine of engines) await engine.close();
  }
}
