import { type Engine, zeroFeeds } from '../engine.ts';
import type { Manifest } from '../manifest.ts';
import { loadSharp } from '../native.ts';
import { decodePicture } from '../picture.ts';

/** The first run allocates and packs: 8 ms instead of 5 for MobileNet. Sizes that nobody fixed cannot be guessed. */
export async function warm(engine: Engine): Promise<void> {
  if (engine.inputs.some(({ shape }) => shape.slice(1).includes(null))) return;
  await engine.run(zeroFeeds(engine.inputs));
}

/** One white pixel, PNG. */
const ONE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQImWP4//8/AAX+Av5Y8msOAAAAAElFTkSuQmCC';

/** Loads the decoder. A pixel, as it is, takes 5 ms of the processor more: not where somebody waits for the start. */
export async function warmDecoder({ input }: Manifest, warmed: boolean): Promise<void> {
  if (input.kind !== 'picture') return;
  if (warmed) await decodePicture(Buffer.from(ONE_PIXEL, 'base64'), { ...input, width: 1, height: 1, crop: 1 });
  else await loadSharp();
}
