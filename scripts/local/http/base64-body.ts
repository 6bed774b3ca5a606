import type { IncomingMessage } from 'node:http';

/** A binary body as it goes into an event. */
export interface Base64Body {
  /** Base64, in order; together one text. */
  readonly pieces: readonly Uint8Array[];
  /** Bytes of the body itself. */
  readonly length: number;
}

/**
 * The whole body of a message as base64, or undefined as soon as it is known to be above `limit` bytes (the rest is then read
 * and dropped). Each chunk is encoded when it comes, while it lies in the processor's cache and the sender is still at work:
 * a picture of megabytes is never put together just to be taken apart.
 * @param room where the base64 goes as far as it fits; it belongs to the answer from then on
 */
export function readBase64(message: IncomingMessage, limit: number, room?: Buffer): Promise<Base64Body | undefined> {
  if (Number(message.headers['content-length'] ?? 0) > limit) {
    message.resume();
    return Promise.resolve(undefined);
  }
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let taken = 0;
    const add = (first: Buffer, second: Buffer) => {
      const size = Math.ceil((first.length + second.length) / 3) * 4;
      const fits = room !== undefined && pieces.length === 0 && taken + size <= room.length;
      const text = fits ? room.subarray(taken, taken + size) : Buffer.allocUnsafe(size);
      encode(first, second, text);
      if (fits) taken += size;
      else pieces.push(text);
    };
    let length = 0;
    let carry: Buffer = Buffer.alloc(0);
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        pieces.length = 0;
        return resolve(undefined);
      }
      const ready = carry.length + chunk.length - ((carry.length + chunk.length) % 3);
      if (ready > 0) add(carry, chunk.subarray(0, ready - carry.length));
      const rest = chunk.subarray(Math.max(0, ready - carry.length));
      carry = ready > 0 ? Buffer.from(rest) : Buffer.concat([carry, rest]);
    });
    message.once('end', () => {
      if (carry.length > 0) add(Buffer.alloc(0), carry);
      resolve({ pieces: room && taken > 0 ? [room.subarray(0, taken), ...pieces] : pieces, length });
    });
    message.once('error', reject);
    message.once('close', () => reject(new Error('the sender went away')));
  });
}

/** Base64 of `first` (0 to 2 bytes) and `second`, into `text`; padded where they are no multiple of 3. */
function encode(first: Buffer, second: Buffer, text: Buffer): void {
  const borrowed = first.length === 0 ? 0 : Math.min(3 - first.length, second.length);
  let at = 0;
  if (first.length > 0) {
    at = text.write(Buffer.concat([first, second.subarray(0, borrowed)]).toString('base64'), 'latin1');
  }
  text.write(second.toString('base64', borrowed), at, 'latin1');
}
