import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** What an object's GET answers: its bytes, or S3's error. `length` overrides the declared Content-Length. */
export type Stored = Buffer | { status: number; code: string } | { length: number };

/** An S3 endpoint on loopback that answers GetObject and keeps what PutObject sends; the real SDK talks to it. */
export function useS3() {
  const objects = new Map<string, Stored>();
  const written = new Map<string, { body: string; type: string | undefined }>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://s3').pathname).slice(1);
    asked.push(`${request.method} ${path}`);
    if (request.method === 'PUT') {
      written.set(path, { body: await readBody(request), type: request.headers['content-type'] });
      return response.end();
    }
    const stored = objects.get(path) ?? { status: 404, code: 'NoSuchKey' };
    if (Buffer.isBuffer(stored)) return response.end(stored);
    if ('length' in stored) {
      response.writeHead(200, { 'content-length': stored.length });
      // The declared length is never sent: whoever waits for it hangs.
      return response.write('x');
    }
    response.writeHead(stored.status, { 'content-type': 'application/xml' });
    return response.end(`<Error><Code>${stored.code}</Code><Message>no</Message></Error>`);
  });
  const variables = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, variables, { AWS_ENDPOINT_URL_S3: address });
  });
  beforeEach(() => {
    for (const store of [objects, written]) store.clear();
    asked.length = 0;
  });
  afterAll(async () => {
    for (const name of [...Object.keys(variables), 'AWS_ENDPOINT_URL_S3']) delete process.env[name];
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { objects, written, asked };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
