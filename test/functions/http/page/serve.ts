import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../../../functions/http/app.ts';
import { toHandler } from '../../../../functions/http/gateway/gateway.ts';

/** Serves the app on loopback through API Gateway events, as it is asked on AWS. */
export async function serveApp(): Promise<{ url: string; close: () => Promise<void> }> {
  const handler = toHandler(createApp());
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const result = await handler({
      rawPath: url.pathname,
      rawQueryString: url.search.slice(1),
      headers: request.headers as Record<string, string>,
      requestContext: { http: { method: request.method ?? 'GET' } },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks).toString('base64'), isBase64Encoded: true } : {}),
    });
    response.writeHead(result.statusCode ?? 500, result.headers as Record<string, string>);
    response.end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
