import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, openConnection } from '../../../../scripts/local/runtime/runtime-connection.mjs';

describe('openConnection', () => {
  let server: Server;
  let connection: Connection;
  let other: Socket;
  let received = '';
  let lost: { times: number };

  beforeEach(async () => {
    received = '';
    const mine = { times: 0 };
    lost = mine;
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const { port } = server.address() as { port: number };
    connection = openConnection(`127.0.0.1:${port}`, () => mine.times++);
    other = await accepted;
    other.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
  });
  afterEach(() => {
    other.destroy();
    server.close();
  });
  const answerWith = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nX-Id:  7 \r\n\r\n${text}`;

  it('writes a request, and reads status, headers and body', async () => {
    const answer = connection.exchange('POST', '/path', { 'x-a': 'b' }, 'grüße');
    expect(connection.busy).toBe(true);
    other.write('HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nX-Id:  7 \r\n\r\nabc');
    expect(await answer).toEqual({
      status: 404,
      headers: { 'content-length': '3', 'x-id': '7' },
      body: Buffer.from('abc'),
    });
    expect(connection.busy).toBe(false);
    await expect.poll(() => received).toContain('\r\n\r\ngr');
    expect(received).toMatch(
      /^POST \/path HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nx-a: b\r\ncontent-length: 7\r\n\r\n/,
    );
    expect(Buffer.from(received, 'latin1').toString()).toMatch(/\r\n\r\ngrüße$/);
  });

  it('puts together what arrives in pieces, wherever they are cut', async () => {
    const whole = answerWith('0123456789');
    for (let cut = 1; cut < whole.length; cut++) {
      const answer = connection.exchange('GET', '/', {}, '');
      other.write(whole.slice(0, cut));
      await new Promise((resolve) => setTimeout(resolve, 2));
      other.write(whole.slice(cut));
      expect((await answer).body.toString()).toBe('0123456789');
    }
  });

  it('carries megabytes both ways, small answers after large ones, and empty ones', async () => {
    const sent = Buffer.alloc(5_000_000, 'abcdefg');
    const large = connection.exchange('POST', '/', {}, sent);
    other.write(answerWith('x'.repeat(6_000_000)));
    expect((await large).body.length).toBe(6_000_000);
    const small = connection.exchange('GET', '/', {}, '');
    other.write(answerWith('{}'));
    expect((await small).body.toString()).toBe('{}');
    const empty = connection.exchange('GET', '/', {}, '');
    other.write(answerWith(''));
    expect((await empty).body.length).toBe(0);
    await expect.poll(() => received.includes(sent.toString())).toBe(true);
  });

  it('has one exchange at a time', async () => {
    const first = connection.exchange('GET', '/', {}, '');
    expect(() => connection.exchange('GET', '/', {}, '')).toThrow('in the middle of an exchange');
    other.write(answerWith('a'));
    expect((await first).body.toString()).toBe('a');
  });

  it('says once when the other side is gone', async () => {
    other.destroy();
    await expect.poll(() => lost.times).toBe(1);
  });

  it('fails an exchange that lost its other side, and those after it', async () => {
    const cut = connection.exchange('GET', '/', {}, '');
    other.destroy();
    await expect(cut).rejects.toThrow('lost');
    expect(connection.busy).toBe(false);
    await expect(connection.exchange('GET', '/', {}, '')).rejects.toThrow('lost');
  });

  it('ends when it is told to', async () => {
    const ended = new Promise((resolve) => other.once('close', resolve));
    connection.close();
    await ended;
    await expect.poll(() => lost.times).toBe(1);
  });
});
