import type { IncomingMessage } from 'node:http';

/**
 * The whole body of a message, or undefined as soon as it is known to be above `limit` bytes; the rest is then read and
 * dropped, so that the sender gets to see the answer.
 */
export async function readBody(message: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const declared = Number(message.headers['content-length'] ?? 0);
  if (declared > limit) {
    message.resume();
    return undefined;
  }
  if (declared > 0) return readDeclared(message, declared);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve(undefined);
      }
    });
    message.once('end', () => resolve(Buffer.concat(chunks)));
    message.once('error', reject);
    message.once('close', () => reject(new Error('the sender went away')));
  });
}

/** Node's parser sees to it that no more than the declared length arrives; each chunk is copied once, to its place. */
function readDeclared(message: IncomingMessage, declared: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const whole = Buffer.allocUnsafeSlow(declared);
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.copy(whole, length);
    });
    message.once('end', () => resolve(whole.subarray(0, length)));
    message.once('error', reject);
    message.once('close', () => reject(new Error('the sender went away')));
  });
}
