import { setFlagsFromString } from 'node:v8';

/** Garbage, in percent of what lives, before V8 collects. Its own choice is 10 to 300. */
const GROWTH = 1_000;

/**
 * Lets the heap grow to eleven times what lives in it (11 MB after INIT) before the collector marks it.
 *
 * V8 sees a process that waits: sharp and onnxruntime do the work, outside of its sight. It concludes that memory matters
 * more than its own time, and marks and compacts everything at every other picture of megabytes. That takes 5 to 10 ms of
 * the only core, on which the picture is being decoded.
 *
 * CPU time of a warm request on MobileNetV2, built handler, in the mean: a 1280x960 JPEG 17.8 ms with this and 19.8
 * without (800 requests each, in turn), a 12 MP JPEG 53.4 and 57.2 ms (180 each). It takes 60 MB more memory at most. V8's
 * own bound stays: half of the way to the largest heap, which Lambda derives from the function's memory.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
