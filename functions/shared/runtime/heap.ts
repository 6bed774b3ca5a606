import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage, in percent of what lives, before V8 collects. Its own choice is 10 to 300. */
const GROWTH = 300;

/**
 * Lets the heap grow to four times what lives in it (11 MB after INIT) before the collector marks it.
 *
 * V8 sees a process that waits: sharp and onnxruntime do the work, outside of its sight. It concludes that memory matters
 * more than its own time, and marks and compacts everything at every other picture of megabytes. That takes 5 to 10 ms of
 * the only core, on which the picture is being decoded.
 *
 * Half 1280x960 JPEG, a quarter 12 MP, a quarter 320x240 PNG, MobileNetV2, built handler behind the Runtime API: 29 ms of the
 * processor a request with this, 33 with V8's own choice. V8's own bound stays: half of the way to the largest heap, which
 * Lambda derives from the function's memory.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}

/** What answers may leave before it is collected. A picture of 12 MP comes as a text of 5 MB, which is there three times. */
const MOST = 4 * 2 ** 20;

/** How many times what is young may be collected before everything is: some hundred answers with large pictures. */
const MOST_MINOR = 150;

type Kind = 'minor' | 'major';

/**
 * To be called after each answer. Collects what it left as soon as that is much, and while it is young: 1 ms.
 *
 * V8 leaves large texts until the next event's are among them. What lives then is taken for old, and stays until the whole
 * heap is marked: 250 MB in place of 180, and 20 ms at every tenth picture of 12 MP. The handler must not hold the event's
 * body any more, nor may the event.
 */
export function litterCollector(held = heldNow, collectNow = collect): () => void {
  let kept = 0;
  let least = 0;
  let minor = 0;
  return () => {
    const now = held();
    kept = Math.min(kept, now);
    if (now - kept < MOST) return;
    // What grew old while it was in use, or during the start (the model's file), is a quarter of what lives; or little by little.
    const kind: Kind = kept >= 1.25 * least || minor >= MOST_MINOR ? 'major' : 'minor';
    minor = kind === 'major' ? 0 : minor + 1;
    kept = now;
    const work = () => {
      collectNow(kind);
      kept = held();
      if (kind === 'major') least = kept;
    };
    // Whoever called the handler has let go of the event by then. What takes long waits until the answer is sent.
    if (kind === 'major') setTimeout(work).unref();
    else setImmediate(work);
  };
}

/** Bytes in V8's heap, and in buffers outside of it. */
function heldNow(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

let gc: ((options?: { readonly type: 'minor' }) => void) | undefined;

function collect(type: Kind): void {
  if (!gc) {
    // V8 shows its collector to contexts that are made from now on, and Node has no other way to it.
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as typeof gc;
  }
  // For Node 20 `gc` with any argument is of what is young: with `{ type: 'major' }` too.
  if (type === 'minor') gc?.({ type });
  else gc?.();
}
