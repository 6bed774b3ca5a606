import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyStore } from '#keys';
import { readBody } from '../http/body.ts';

/** The path below which the functions on this machine look for keys. */
export const LOCAL_KEYS_PATH = '/freezeframe/local/keys';

const LIMIT = 1024 * 1024;

/** A little of Parameter Store for one machine: GetParametersByPath answers the keys of `store`, read anew each time. */
export async function startSsm(store: KeyStore): Promise<{ endpoint: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    try {
      if (request.headers['x-amz-target'] !== 'AmazonSSM.GetParametersByPath') {
        return answer(400, { __type: 'UnknownOperationException' });
      }
      const { Path } = JSON.parse(String(await readBody(request, LIMIT))) as { Path: string };
      const records = Path === LOCAL_KEYS_PATH ? await store.list() : [];
      const Parameters = records.map((record) => ({
        Name: `${Path}/${record.id}`,
        Type: 'SecureString',
        Value: JSON.stringify(record),
      }));
      return answer(200, { Parameters });
    } catch (error) {
      return answer(500, { __type: 'InternalServerError', message: String(error) });
    }
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', done);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
