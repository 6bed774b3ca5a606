import { Agent, request } from 'node:http';

/** A client with one connection that stays open: one request after the other. */
export interface Client {
  /** @returns the status of the answer, when its body has come. */
  send(method: string, path: string, headers?: Record<string, string>, body?: Uint8Array): Promise<number>;
  close(): void;
}

export function openClient(url: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: (method, path, headers = {}, body = new Uint8Array()) =>
      new Promise((resolve, reject) => {
        request(url + path, { method, agent, headers: { ...headers, 'content-length': body.length } }, (response) => {
          response
            .once('end', () => resolve(response.statusCode ?? 0))
            .once('error', reject)
            .resume();
        })
          .once('error', reject)
          .end(body);
      }),
    close: () => agent.destroy(),
  };
}
