import { setFlagsFromString } from 'node:v8';

/** Garbage, in percent of what lives, before V8 collects. Its own choice is 10 to 300. */
const GROWTH = 1_000;

/**
 * Lets the heap grow to eleven times what lives in it (11 MB after INIT) before the collector marks it.
 *
 * V8 sees a process that waits (sharp and onnxruntime do the work, outside of its sight) and concludes that memory matters
 * more than its own time: with pictures of megabytes it marks and compacts everything at every other one, 5 to 10 ms of
 * the only core, on which that picture is being decoded. A 12 MP JPEG answered by the http function: 57 ms in the
 * median and 87 in the slowest twentieth, 53 and 69 with this; 60 MB more memory at most. V8's own bound stays: half of
 * the way to the largest heap, which Lambda derives from the function's memory.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
