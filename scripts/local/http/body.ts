import type { IncomingMessage } from 'node:http';

/**
 * The whole body of a message, or undefined as soon as it is known to be above `limit` bytes. The rest is then read and
 * dropped, so that the sender gets to see the answer.
 * @throws Error where the sender goes away in the middle.
 */
export async function readBody(message: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = Number(message.headers['content-length'] ?? 0);
  if (length <= limit) {
    length = 0;
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length > limit) break;
      chunks.push(chunk);
    }
  }
  if (length <= limit) return Buffer.concat(chunks);
  message.resume();
  return undefined;
}
