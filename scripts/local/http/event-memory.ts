import { REQUEST_PAYLOAD_LIMIT } from './limits.ts';

/** Bodies below this are not worth it. Bytes. */
const SMALLEST = 64 * 1024;
/** More are given back at once only where more functions run at once. */
const KEPT = 4;

/**
 * Memory for the base64 of large bodies, used again from one request to the next. Asked for anew, six megabytes at a time,
 * it makes the collector run at every other picture, on a core on which the function is decoding it: a JPEG of 12 MP then
 * takes 40 ms to decode instead of 36.
 */
export class EventMemory {
  readonly #free: Buffer[] = [];

  /** Room for the largest event, or none for a body that is small or does not say how large it is. */
  take(bodyLength: number): Buffer | undefined {
    if (!(bodyLength >= SMALLEST)) return undefined;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(REQUEST_PAYLOAD_LIMIT);
  }

  /** To be called when nothing is read from the room any more. */
  giveBack(room: Buffer | undefined): void {
    if (room && this.#free.length < KEPT) this.#free.push(room);
  }
}
