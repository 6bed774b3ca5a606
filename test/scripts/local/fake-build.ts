import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A build whose http function does as its path says; it needs no layer. */
const HTTP = `
import { spawnSync } from 'node:child_process';
import { getHeapStatistics } from 'node:v8';
let calls = 0;
export async function handler(event, context) {
  calls++;
  switch (event.rawPath) {
    case '/echo':
      return { statusCode: 200, headers: { 'content-type': 'application/octet-stream' }, body: event.body ?? '', isBase64Encoded: event.isBase64Encoded };
    case '/calls': return { calls, pid: process.pid };
    case '/context': return { ...context, remaining: context.getRemainingTimeInMillis() };
    case '/heap': return { limit: getHeapStatistics().heap_size_limit };
    case '/environment': return process.env;
    case '/sleep': await new Promise((done) => setTimeout(done, Number(event.rawQueryString))); return 'slept';
    case '/block': for (;;);
    case '/exit': process.exit(3);
    case '/later': setTimeout(() => { throw new Error('later') }, 5); await new Promise(() => {}); break;
    case '/throw': throw new TypeError('a secret path');
    case '/large': return 'x'.repeat(7 * 1024 * 1024);
    case '/malformed': return { statusCode: 'ok' };
    case '/undefined': return;
  }
}
`;

/** Fails for keys with "bad" in them, throws for "throw", answers others with a result in the results bucket. */
const UPLOADS = `
const s3 = process.env.AWS_ENDPOINT_URL_S3;
export async function handler(event) {
  const batchItemFailures = [];
  for (const { messageId, body, attributes } of event.Records) {
    const { bucket, object } = JSON.parse(body).Records[0].s3;
    const key = decodeURIComponent(object.key.replaceAll('+', ' '));
    if (key.includes('throw')) throw new Error('all of it failed');
    if (key.includes('bad') || (key.includes('second') && attributes.ApproximateReceiveCount === '1')) {
      batchItemFailures.push({ itemIdentifier: messageId });
      continue;
    }
    const path = key.split('/').map(encodeURIComponent).join('/');
    const bytes = await (await fetch(s3 + '/' + bucket.name + '/' + path)).arrayBuffer();
    const result = { key, bytes: bytes.byteLength, size: object.size, attempt: attributes.ApproximateReceiveCount };
    await fetch(s3 + '/' + process.env.RESULTS_BUCKET + '/' + path + '.json', { method: 'PUT', body: JSON.stringify(result) });
  }
  return { batchItemFailures };
}
`;

export async function makeFakeBuild(folder: string, http = HTTP): Promise<string> {
  for (const [path, text] of [
    ['functions/http/index.mjs', http],
    ['functions/uploads/index.mjs', UPLOADS],
    ['layers/inference/nodejs/node_modules/.keep', ''],
    ['layers/model/models/index.json', '{}'],
  ] as const) {
    const file = join(folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
