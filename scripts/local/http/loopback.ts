import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that only this machine reaches. */
export interface Loopback {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** Ends it and every connection. */
  close(): void;
}

/** Starts one on a free port. It waits for a request as long as it takes: who calls are our own processes. */
export async function startLoopback(listener: RequestListener): Promise<Loopback> {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
