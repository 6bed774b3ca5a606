import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundle } from '../../scripts/bundle/bundle.ts';
import { hostTarget } from '../../scripts/bundle/target.ts';
import type { UploadReport } from '../../scripts/local/aws/uploads.ts';
import { type LocalGateway, startLocalGateway } from '../../scripts/local/gateway.ts';
import { openStore } from '../../scripts/store/places.ts';
import { memoryOf } from '../../scripts/system/index.ts';
import { garbagePictures, plainPicture } from '../functions/pictures.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';

/** What an answer must never hold: paths, stacks, names and versions of what is inside. */
const INTERNAL =
  /node_modules|\.m?js:\d|\bat \w+ \(|libvips|VipsJpeg|onnxruntime|zod|undici|ENOENT|\/(?:home|opt|tmp|work)\//;
/** Megabytes that the functions may keep after hundreds of requests: buffers and caches fill, and then stay as they are. */
const STEADY = 120;

describe('the built functions under hostile input', () => {
  let work: string;
  let gateway: LocalGateway;
  let picture: Buffer;
  let garbage: [string, Buffer][];
  const reports: UploadReport[] = [];
  const dead: string[] = [];

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-hostile-'));
    const store = openStore(join(work, 'store'));
    await saveTinyModel(store, 'tiny');
    const buildDir = join(work, 'build');
    await bundle({ ...hostTarget(), store, outDir: buildDir, cacheDir: join(work, 'cache') });
    gateway = await startLocalGateway({
      buildDir,
      port: 0,
      folders: { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') },
      concurrency: 1,
      retryAfter: 50,
      onUpload: (report) => reports.push(report),
      log: (line) => line.includes('it is started again') && dead.push(line),
    });
    picture = await plainPicture('red', 'jpeg');
    garbage = Object.entries(await garbagePictures());
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await rm(work, { recursive: true, force: true });
  });

  const classify = (body: Uint8Array | string, type = 'image/jpeg', query = '') =>
    fetch(`${gateway.url}/classify${query}`, { method: 'POST', headers: { 'content-type': type }, body });

  async function expectProblem(answer: Response, what: string): Promise<void> {
    const text = await answer.text();
    expect(answer.status, what).toBeGreaterThanOrEqual(400);
    expect(answer.status, what).toBeLessThan(500);
    expect(answer.headers.get('content-type'), what).toBe('application/problem+json');
    expect(JSON.parse(text), what).toMatchObject({ type: expect.stringMatching(/^\/errors#/), status: answer.status });
    expect(text, what).not.toMatch(INTERNAL);
  }

  /** Resident memory of the functions' processes; undefined where the system does not tell (no /proc). */
  async function megabytes(): Promise<number | undefined> {
    const each = await Promise.all(gateway.pids().map(memoryOf));
    return each.some((one) => one === undefined) ? undefined : each.reduce((sum, one) => sum + (one?.now ?? 0), 0);
  }

  it('answers a form of several pictures', async () => {
    const form = new FormData();
    for (const name of ['a.jpg', 'b.jpg']) form.append('picture', new Blob([new Uint8Array(picture)]), name);
    const answer = await fetch(`${gateway.url}/classify`, { method: 'POST', body: form });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ results: [{ predictions: {} }, { predictions: {} }] });
  });

  it('answers what is no picture with a problem document', async () => {
    for (const [what, bytes] of garbage) await expectProblem(await classify(bytes), what);
  });

  it.each([
    ['JSON that is too deep', 'application/json', `{"picture":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, ''],
    ['tensors that are too deep', 'application/json', `{"tensors":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}`, ''],
    [
      'a shape beyond memory',
      'application/json',
      '{"tensors":[{"name":"pixels","shape":[4294967296,4294967296,8,3],"datatype":"UINT8","data":[1]}]}',
      '',
    ],
    ['base64 that is none', 'application/json', '{"picture":"%%%%"}', ''],
    ['a prototype', 'application/json', '{"__proto__":{"picture":"AAAA"}}', ''],
    [
      'a form without an end',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="a"; filename="a"\r\n\r\nabc',
      '',
    ],
    [
      'a form of headers',
      'multipart/form-data; boundary=x',
      `--x\r\n${'a: b\r\n'.repeat(100_000)}\r\nz\r\n--x--\r\n`,
      '',
    ],
    ['a way out of the models', 'image/jpeg', 'x', '?model=..%2f..%2fetc'],
    ['a property for a model', 'image/jpeg', 'x', '?model=constructor'],
    ['no number', 'image/jpeg', 'x', '?top_k=1e999'],
    ['too much', 'image/jpeg', 'x', '?top_k=99999999999999999999'],
    ['a type that is none', '*/*', 'x', ''],
  ])('refuses %s', async (what, type, body, query) => {
    await expectProblem(await classify(body, type, query), what);
  });

  it.each([
    ['POST', '/v2/models/..%2f..%2fetc%2fpasswd/infer', '{}', 404],
    ['POST', '/v2/models/%2e%2e%2f/infer', '{}', 404],
    ['POST', '/v2/models/tiny%00/infer', '{}', 404],
    ['POST', '/v2/models/__proto__/infer', '{}', 404],
    ['POST', '/v1/models/..%2ftiny:predict', '{}', 404],
    ['POST', '/v1/models/tiny:predict', `{"instances":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 422],
    ['POST', '/v1/models/tiny:predict', `{"instances":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 400],
    ['POST', '/v1/models/tiny:predict', '{"instances":[{"b64":"%%%"}]}', 400],
    ['POST', '/invocations', `{"inputs":{"pixels":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`, 422],
    ['POST', '/classify', '{"url":"http://169.254.169.254/latest/meta-data/"}', 400],
    ['POST', '/classify', '{"url":"s3://somebody-elses/key"}', 403],
    ['POST', '/classify', `{"pictures":[${'"AAAA",'.repeat(64)}"AAAA"]}`, 400],
    ['GET', '/results/..%2f..%2f..%2f..%2f..%2f..%2f', undefined, 404],
    ['TRACE', '/classify', undefined, 405],
    ['DELETE', '/v2/models/tiny', undefined, 405],
  ])('refuses %s %s (%#)', async (method, path, body, status) => {
    // Written to the wire as it is: fetch would tidy the path up and refuse the method.
    const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n`;
    const rest =
      body === undefined ? '\r\n' : `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(head + rest);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('application/problem+json');
    expect(answer).not.toMatch(INTERNAL);
  });

  it('refuses one byte more than a function may be given, and takes 4.5 MB', async () => {
    const limit = 6 * 1024 * 1024;
    for (const [type, size] of [
      ['application/json', limit + 1],
      ['image/jpeg', limit + 1],
      ['application/octet-stream', limit],
    ] as const) {
      const answer = await classify(Buffer.alloc(size, 0x20), type);
      expect(answer.status, `${size} bytes of ${type}`).toBe(413);
    }
    // JPEG readers stop at the end of the picture: what follows is carried, and means nothing.
    expect((await classify(Buffer.concat([picture, Buffer.alloc(4_500_000)]))).status).toBe(200);
  });

  it.each([
    ['a header bomb', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['a bomb of headers', `GET / HTTP/1.1\r\nhost: x\r\n${'many: headers\r\n'.repeat(3_000)}\r\n`, /^HTTP\/1\.1 431 /],
    [
      'two lengths',
      'POST /classify HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx',
      /^HTTP\/1\.1 400 /,
    ],
    ['a handshake of TLS', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', /^HTTP\/1\.1 400 /],
  ])('refuses %s on the wire', async (_, text, expected) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(text, 'latin1');
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(expected);
    expect(answer).not.toMatch(INTERNAL);
  });

  it('keeps its process and its memory through aborted and mixed requests', async () => {
    const pids = gateway.pids();
    const round = async (count: number) => {
      let next = 0;
      const work = async () => {
        for (let i = next++; i < count; i = next++) {
          const [what, bytes] = garbage[i % garbage.length] as [string, Buffer];
          if (i % 3 === 0) expect((await classify(picture)).status).toBe(200);
          else if (i % 7 === 0) await abort();
          else await expectProblem(await classify(bytes), what);
        }
      };
      await Promise.all(Array.from({ length: 4 }, work));
    };
    await round(200);
    const before = await megabytes();
    await round(400);
    const after = await megabytes();
    if (before === undefined || after === undefined) console.log('memory not measured: there is no /proc here');
    else {
      console.log(`memory of the functions: ${before.toFixed(0)} MB, ${after.toFixed(0)} MB after 400 more requests`);
      expect(after - before).toBeLessThan(STEADY);
    }
    expect(gateway.pids()).toEqual(pids);
    expect(dead).toEqual([]);
  });

  /** Goes away in the middle of a body. */
  async function abort(): Promise<void> {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /classify HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\ncontent-length: 4000000\r\n\r\n');
    await new Promise<void>((resolve) => {
      socket.write(Buffer.alloc(100_000), () => resolve());
    });
    socket.destroy();
  }

  it('answers each upload once, whatever its name and its content', async () => {
    const source = join(work, 'picture.jpg');
    await writeFile(source, picture);
    const names = [
      'with space.jpg',
      'ü+%20 🎅.jpg',
      "q?#&='.jpg",
      ...Array.from({ length: 20 }, (_, i) => `many ${i}.jpg`),
    ];
    await Promise.all(names.map((name) => copyFile(source, join(work, 'up', name))));
    for (const [what, bytes] of garbage) await writeFile(join(work, 'up', `bad ${what}.jpg`), bytes);
    // Its result would have a name that no file can have.
    const long = `${'l'.repeat(251)}.jpg`;
    await copyFile(source, join(work, 'up', long));
    const wanted = [...names, ...garbage.map(([what]) => `bad ${what}.jpg`), long].toSorted();
    await vi.waitFor(() => expect(reports.map(({ key }) => key).toSorted()).toEqual(wanted), 15_000);
    expect(await readdir(join(work, 'dead'))).toHaveLength(2);
    for (const name of names) {
      const result = JSON.parse(await readFile(join(work, 'results', `${name}.json`), 'utf8'));
      expect(result, name).toMatchObject({ predictions: [{ label: 'red' }, { label: 'blue' }] });
    }
    for (const [what] of garbage) {
      const result = JSON.parse(await readFile(join(work, 'results', `bad ${what}.jpg.json`), 'utf8'));
      expect(result, what).toMatchObject({ status: expect.any(Number), detail: expect.any(String) });
    }
  }, 20_000);
});
