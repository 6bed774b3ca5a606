import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { download } from '../../../../scripts/datasets/mnist/download.ts';
import { expectPrinted } from '../../../printed.ts';
import { temporaryFolder } from '../picture-files.ts';

const CONTENT = Buffer.alloc(300_000, 'gnome ');

async function check(bytes: Uint8Array): Promise<number> {
  if (!CONTENT.equals(bytes)) throw new Error('wrong content');
  return bytes.length;
}

async function mirror(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mnist`;
}

const good: RequestListener = (_request, response) => response.end(CONTENT);
const fast = { backoffMs: 5, stallMs: 300 };

// Progress, which depends on the time it takes.
afterEach(() => expectPrinted(/^Downloading /, 0));

describe('download', () => {
  it('passes over a corrupt mirror and a busy one to a good one', async () => {
    const asked: string[] = [];
    const mirrors = [
      await mirror((_request, response) => response.end('corrupt')),
      await mirror((_request, response) => response.writeHead(503).end('later')),
      await mirror((request, response) => {
        asked.push(request.url ?? '');
        response.end(CONTENT);
      }),
    ];
    const folder = await temporaryFolder();
    expect(await download('digits.gz', join(folder, 'digits.gz'), check, { mirrors, ...fast })).toBe(CONTENT.length);
    expect(await readFile(join(folder, 'digits.gz'))).toEqual(CONTENT);
    expect(await readdir(folder)).toEqual(['digits.gz']);
    expect(asked).toEqual(['/mnist/digits.gz']);
  });

  it('comes back to a mirror that was busy', async () => {
    let requests = 0;
    const busy = await mirror((request, response) =>
      ++requests < 3 ? response.writeHead(503).end() : good(request, response as never),
    );
    const file = join(await temporaryFolder(), 'x');
    expect(await download('x', file, check, { mirrors: [busy], ...fast })).toBe(CONTENT.length);
    expect(requests).toBe(3);
  });

  it('continues a transfer where it broke off', async () => {
    const ranges: (string | undefined)[] = [];
    const breaking = await mirror((request, response) => {
      ranges.push(request.headers.range);
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (ranges.length === 1) {
        response.writeHead(200, { 'content-length': CONTENT.length });
        response.write(CONTENT.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
      } else {
        const range = `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`;
        response.writeHead(206, { 'content-range': range }).end(CONTENT.subarray(start));
      }
    });
    const file = join(await temporaryFolder(), 'x');
    expect(await download('x', file, check, { mirrors: [breaking], ...fast })).toBe(CONTENT.length);
    expect(ranges).toEqual([undefined, 'bytes=100000-']);
  });

  it('starts over where a mirror knows no ranges, and after a whole but wrong file', async () => {
    const ranges: (string | undefined)[] = [];
    const stubborn = await mirror((request, response) => {
      ranges.push(request.headers.range);
      if (ranges.length === 1) {
        response.writeHead(200, { 'content-length': CONTENT.length });
        response.write(CONTENT.subarray(0, 1_000), () => setTimeout(() => response.destroy(), 50));
      } else response.end(ranges.length === 2 ? Buffer.alloc(CONTENT.length) : CONTENT);
    });
    const file = join(await temporaryFolder(), 'x');
    expect(await download('x', file, check, { mirrors: [stubborn], ...fast })).toBe(CONTENT.length);
    expect(ranges).toEqual([undefined, 'bytes=1000-', undefined]);
  });

  it('gives up a mirror that says nothing, and one that never stops', async () => {
    const silent = await mirror(() => undefined);
    const flood = await mirror((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(CONTENT));
      };
      response.on('drain', pour);
      pour();
    });
    const file = join(await temporaryFolder(), 'x');
    const failing = download('x', file, check, { mirrors: [silent, flood], rounds: 1, maxBytes: 1_000_000, ...fast });
    await expect(failing).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/nothing came for 0\.3 s.*sent more than 1000000 bytes/),
    });
  });

  it('says what each mirror answered and what to do when offline', async () => {
    const folder = await temporaryFolder();
    const mirrors = ['http://127.0.0.1:9/', await mirror((_request, response) => response.writeHead(404).end())];
    const failing = download('x', join(folder, 'x'), check, { mirrors, rounds: 2, ...fast });
    await expect(failing).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('HTTP 404'),
      remedy: expect.stringContaining('MNIST_DIR'),
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
