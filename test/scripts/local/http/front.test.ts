import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeFront, createFront } from '../../../../scripts/local/http/front.ts';
import { API_BODY_LIMIT } from '../../../../scripts/local/limits.ts';
import { listen } from '../../../../scripts/local/listening.ts';

const MEGABYTE = 1024 * 1024;

describe('createFront', () => {
  let server: Server;

  beforeAll(async () => {
    server = createFront(async () => ({ kind: 'response', body: Buffer.from('{"statusCode":200,"body":"answered"}') }));
    await listen(server, '127.0.0.1', 0);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  /** Sends all of it, whatever is answered meanwhile, and only then looks. */
  async function exchange(head: string, body: readonly string[]): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.pause();
    socket.write(`POST /v1/models/a:predict HTTP/1.1\r\nhost: local\r\ncontent-type: image/jpeg\r\n${head}\r\n\r\n`);
    for (const piece of body) {
      await new Promise<void>((resolve, reject) => {
        socket.write(piece, (error) => (error ? reject(error) : resolve()));
      });
    }
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer;
  }

  it.each([
    ['a declared length', `content-length: ${API_BODY_LIMIT + MEGABYTE}`, Array(11).fill('a'.repeat(MEGABYTE))],
    ['chunks', 'transfer-encoding: chunked', [...Array(16).fill(`100000\r\n${'a'.repeat(MEGABYTE)}\r\n`), '0\r\n\r\n']],
  ])('lets a sender of too much see why it is refused (%s)', async (_, head, body) => {
    const answer = await exchange(head, body as string[]);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('connection: close'.replace('connection', 'Connection'));
    expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
      type: '/errors#request-too-large',
      status: 413,
      remedy: expect.any(String),
      instance: '/v1/models/a:predict',
      error: expect.any(String),
    });
  });

  it('is not held by a sender who goes away in the middle', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: local\r\ncontent-length: 1000\r\n\r\nabc');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('answered');
  });

  it('answers a sender that has closed its side', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.end('GET / HTTP/1.1\r\nhost: local\r\n\r\n');
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*answered$/s);
  });

  it('says no length of a body that HEAD was answered without', async () => {
    const bodiless = createFront(async () => ({ kind: 'response', body: Buffer.from('{"statusCode":200}') }));
    await listen(bodiless, '127.0.0.1', 0);
    try {
      const lengths = ['GET', 'HEAD'].map(async (method) => {
        const { headers } = await fetch(`http://127.0.0.1:${(bodiless.address() as AddressInfo).port}/`, { method });
        return headers.get('content-length');
      });
      expect(await Promise.all(lengths)).toEqual(['0', null]);
    } finally {
      await closeFront(bodiless);
    }
  });

  it('lets what is under way be answered before it closes, and nothing else hold it', async () => {
    let begun = () => {};
    const under = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const closing = createFront(async () => {
      begun();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { kind: 'response', body: Buffer.from('{"statusCode":200,"body":"answered"}') };
    });
    await listen(closing, '127.0.0.1', 0);
    const { port } = closing.address() as AddressInfo;
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => {});
    const answer = fetch(`http://127.0.0.1:${port}/`);
    await under;
    const closed = closeFront(closing);
    expect(await (await answer).text()).toBe('answered');
    await closed;
    silent.destroy();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  });

  it.each([
    ['headers', 'POST / HTTP/1.1\r\nhost: local\r\nx: '],
    ['a body', 'POST / HTTP/1.1\r\nhost: local\r\ncontent-length: 1000\r\n\r\n'],
  ])('waits so long for %s that come byte by byte, and no longer', async (_, head) => {
    const slow = createFront(async () => ({ kind: 'response', body: Buffer.from('""') }), {
      headersTimeout: 200,
      requestTimeout: 200,
    });
    await listen(slow, '127.0.0.1', 0);
    const socket = connect((slow.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(head);
    const drip = setInterval(() => socket.write('a'), 20);
    let answer = '';
    for await (const chunk of socket) {
      answer += chunk;
      clearInterval(drip);
    }
    clearInterval(drip);
    slow.close();
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});
