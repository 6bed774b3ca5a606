import { randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClassifier, loadOnnxruntime, type ManifestDraft, readIndex, serveModels } from '@freezeframe/inference';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseWanted } from '../../../../functions/shared/models/plan.ts';
import { type StoreReader, s3Reader } from '../../../../functions/shared/models/s3-reader.ts';
import { SharedModels } from '../../../../functions/shared/models/shared-models.ts';
import { S3Store } from '../../../../scripts/store/s3/s3-store.ts';
import { S3Server } from '../../../aws/s3-server.ts';
import { CREDENTIALS } from '../../../scripts/store/s3-places.ts';
import { colourModel, writeModels } from '../../models.ts';

const server = new S3Server();
server.buckets.add('models');
let scratch: string;
let prefix: string;
let store: S3Store;
let clock = 0;
let lines: string[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'freezeframe-shared-'));
  Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL: await server.listen() });
  process.env.MODELS_DIR = await writeModels([colourModel()]);
});
afterAll(async () => {
  await server.close();
  for (const folder of [scratch, process.env.MODELS_DIR as string]) await rm(folder, { recursive: true, force: true });
  for (const name of [...Object.keys(CREDENTIALS), 'AWS_ENDPOINT_URL', 'MODELS_DIR']) delete process.env[name];
});
beforeEach(async () => {
  prefix = randomUUID();
  store = new S3Store(`s3://models/${prefix}`, join(scratch, prefix));
  clock = 0;
  lines = [];
  const collect = (line: string | Uint8Array) => Boolean(lines.push(String(line)));
  vi.spyOn(process.stdout, 'write').mockImplementation(collect);
  vi.spyOn(process.stderr, 'write').mockImplementation(collect);
});
afterEach(() => {
  vi.restoreAllMocks();
  server.before = () => {};
  serveModels(undefined);
});

/** Saves one more version of the model of colours. */
function save(seed: number, name = 'colours') {
  const { model, draft } = colourModel();
  const { name: _, ...rest } = draft;
  const manifest: ManifestDraft = {
    ...rest,
    formatVersion: 1,
    precision: 'float32',
    metrics: { seed },
    provenance: {},
  };
  return store.save(name, { manifest, model });
}

function shared(
  wanted = '',
  patienceMs = 20_000,
  reader: StoreReader = s3Reader({ bucket: 'models', prefix }),
  overdueMs = 20_000,
): SharedModels {
  return new SharedModels({
    reader,
    prefix,
    wanted: parseWanted(wanted),
    checkMs: 1_000,
    patienceMs,
    overdueMs,
    folder: join(scratch, 'tmp', prefix),
    now: () => clock,
  });
}

async function memoryIsShort() {
  const { InferenceSession } = await loadOnnxruntime();
  return vi.spyOn(InferenceSession, 'create').mockRejectedValue(new Error('std::bad_alloc'));
}

/** Of the files that are read, not of those that are written. */
async function filesAreOut() {
  const handle = await open(join(scratch, 'any'), 'w');
  await handle.close();
  const error = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  return vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'stat').mockRejectedValue(error);
}

const answering = async (options = {}) => {
  const { name, version } = (await loadClassifier(options)).manifest;
  return `${name}@${version}`;
};

/** Invocations, one after the other, until one is answered by another version. */
async function invokeUntil(models: SharedModels, version: string): Promise<void> {
  clock += 600;
  for (let i = 0; i < 400; i++) {
    const leave = await models.enter();
    const now = await answering();
    leave();
    if (now === version) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${version} does not answer; ${lines.join('')}`);
}

describe('models of a store in S3', () => {
  it('answer in place of the layer’s of the same name, with the tags of now', async () => {
    for (const seed of [1, 2, 3]) await save(seed);
    await save(1, 'other');
    await store.tag('colours@2', 'production');
    await store.tag('colours@2', 'stable');
    const models = shared();
    await models.start();
    expect(models.state).toEqual({ from: 'store', checked: expect.any(String) });
    expect(await answering()).toBe('colours@2');
    expect(await answering({ name: 'other' })).toBe('other@1');
    expect(await readIndex()).toEqual({
      default: 'colours',
      models: {
        colours: { default: '2', versions: ['2'], labels: { production: '2', stable: '2' } },
        other: { default: '1', versions: ['1'], labels: { production: '1', latest: '1' } },
      },
    });
  });

  it.each([
    ['NoSuchKey', 404],
    ['AccessDenied', 403],
  ])('answer while another one is half saved, of whose head S3 says %s', async (code, status) => {
    await save(1);
    await save(2, 'other');
    server.before = ({ url }) => {
      if (url?.endsWith('/other/head.json')) throw S3Server.refusal(code, status);
    };
    const models = shared();
    await models.start();
    expect(models.state).toEqual({ from: 'store', checked: expect.any(String) });
    expect(await answering()).toBe('colours@1');
    await expect(answering({ name: 'other' })).rejects.toMatchObject({ code: 'model-not-found' });
    server.before = () => {};
    clock += 600;
    await vi.waitFor(async () => {
      (await models.enter())();
      expect(await answering({ name: 'other' })).toBe('other@1');
    });
  });

  it('say which one is not there, where it was asked for by name', async () => {
    await save(1);
    const models = shared('colours,nobody');
    await models.start();
    expect(models.state).toEqual({ from: 'layer', problem: 'tag-not-found' });
  });

  it('are not taken for none where nothing may be read', async () => {
    await save(1);
    server.before = ({ url }) => {
      if (url?.endsWith('/head.json')) throw S3Server.refusal('AccessDenied', 403);
    };
    const models = shared();
    await models.start();
    expect(models.state).toEqual({ from: 'layer', problem: 'store-unreachable' });
  });

  it('are the ones that were asked for, the first by default; the layer’s others stay', async () => {
    for (const seed of [1, 2]) await save(seed, 'other');
    await store.tag('other@2', 'next');
    const models = shared('other, other@next');
    await models.start();
    expect(await answering()).toBe('other@1');
    expect(await answering({ name: 'other', version: '2' })).toBe('other@2');
    expect(await answering({ name: 'colours' })).toMatch(/^colours@/);
  });

  it('follow a moved tag between two invocations, and leave nothing of the old one', async () => {
    for (const seed of [1, 2]) await save(seed);
    const models = shared();
    await models.start();
    const old = await loadClassifier();
    const leave = await models.enter();
    await store.tag('colours@2', 'production');
    await invokeUntil(models, 'colours@2');
    // The invocation that began before it ends on the old one.
    expect(
      await old.run({ pixels: { datatype: 'UINT8', shape: [1, 8, 8, 3], data: new Uint8Array(192) } }),
    ).toBeDefined();
    leave();
    await vi.waitFor(async () => {
      expect(await readdir(join(scratch, 'tmp', prefix, 'colours'))).toEqual([expect.stringMatching(/^2-/)]);
    });
    await expect(old.run({})).rejects.toMatchObject({ code: 'model-closed' });
    await store.rollback('colours', 'production');
    await invokeUntil(models, 'colours@1');
    expect(models.state).toMatchObject({ from: 'store' });
  });

  it('are looked at first by an invocation that comes when nobody asked for as long as a tag may take', async () => {
    for (const seed of [1, 2]) await save(seed);
    const models = shared();
    await models.start();
    await store.tag('colours@2', 'production');
    clock += 1_000;
    const all = await Promise.all([models.enter(), models.enter()]);
    expect(await answering()).toBe('colours@2');
    for (const leave of all) leave();
  });

  it('are looked at once more where the look that is under way began as long ago', async () => {
    for (const seed of [1, 2]) await save(seed);
    const inner = s3Reader({ bucket: 'models', prefix });
    const frozen: (() => void)[] = [];
    let freeze = false;
    // Lambda freezes an environment when a head was read, and the answer is on its way.
    const read: StoreReader['read'] = async (...what) => {
      const found = await inner.read(...what);
      if (freeze) await new Promise<void>((resolve) => frozen.push(resolve));
      return found;
    };
    const models = shared('colours', 20_000, { ...inner, read });
    await models.start();
    freeze = true;
    clock += 600;
    (await models.enter())();
    await vi.waitFor(() => expect(frozen).toHaveLength(1));
    freeze = false;
    await store.tag('colours@2', 'production');
    clock += 3_600_000;
    const entered = models.enter();
    for (const thaw of frozen) thaw();
    const leave = await entered;
    expect(await answering()).toBe('colours@2');
    leave();
  });

  it('do not keep an invocation waiting for a store that says nothing', async () => {
    await save(1);
    const models = shared('', 20_000, undefined, 1_000);
    await models.start();
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    server.before = () => gate;
    clock += 1_000;
    const began = performance.now();
    (await models.enter())();
    expect(performance.now() - began).toBeLessThan(4_500);
    // And not the next one.
    const again = performance.now();
    (await models.enter())();
    expect(performance.now() - again).toBeLessThan(1_000);
    expect(await answering()).toBe('colours@1');
    clock += 10;
    go();
    await vi.waitFor(() => expect(models.state.checked).toBe('1970-01-01T00:00:01.010Z'));
  });

  it('are looked at by conditional reads of one small object, and not for each invocation', async () => {
    await save(1);
    const models = shared('colours');
    await models.start();
    const before = server.requests.length;
    for (let i = 0; i < 20; i++) (await models.enter())();
    clock += 600;
    for (let i = 0; i < 20; i++) (await models.enter())();
    await vi.waitFor(() => expect(server.requests.length).toBe(before + 1));
    expect(server.requests.at(-1)).toBe(`GET /models/${prefix}/models/colours/head.json`);
  });

  it.each([
    ['is absent', 'NoSuchBucket', 404],
    ['is denied', 'AccessDenied', 403],
    ['fails', 'InternalError', 500],
  ])('where the store %s: the layer answers, and says so', async (_, name, status) => {
    await save(1, 'other');
    server.before = () => {
      throw S3Server.refusal(name, status);
    };
    const models = shared('other');
    await models.start();
    expect(models.state).toEqual({ from: 'layer', problem: 'store-unreachable' });
    expect(await answering()).toMatch(/^colours@/);
    expect(lines.join('')).toContain('the layer answers');
    server.before = () => {};
    await invokeUntil(models, 'other@1');
    expect(models.state.problem).toBeUndefined();
  });

  it('are found in another region than the functions', async () => {
    await save(1, 'other');
    server.region = 'us-west-2';
    const models = shared('other');
    await models.start();
    server.region = undefined;
    expect(models.state).toMatchObject({ from: 'store' });
  });

  it('come through where connections break off', async () => {
    for (const seed of [1, 2]) await save(seed, 'other');
    let count = 0;
    server.after = () => count++ % 2 === 1;
    const models = shared('other');
    await models.start();
    server.after = () => true;
    expect(models.state).toMatchObject({ from: 'store' });
    expect(await answering()).toBe('other@1');
  });

  it('that come late answer when they are there', async () => {
    await save(1, 'other');
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    server.before = () => gate;
    const models = shared('other', 50);
    await models.start();
    expect(models.state).toEqual({ from: 'layer', problem: 'store-late' });
    expect(await answering()).toMatch(/^colours@/);
    go();
    await invokeUntil(models, 'other@1');
  });

  it('that are damaged or do not exist change nothing of what answers', async () => {
    for (const seed of [1, 2, 3]) await save(seed);
    const models = shared('colours');
    await models.start();
    const head = JSON.parse(String(server.objects.get(`models/${prefix}/models/colours/head.json`)?.bytes));
    const key = `models/${prefix}/models/colours/contents/${head.versions['2'].content}/model.onnx`;
    const object = server.objects.get(key);
    if (!object) throw new Error('no model');
    object.bytes[3] = (object.bytes[3] ?? 0) ^ 1;
    await store.tag('colours@2', 'production');
    clock += 600;
    (await models.enter())();
    await vi.waitFor(() => expect(models.state).toMatchObject({ from: 'store', problem: 'model-corrupt' }));
    const fetched = () => server.requests.filter((line) => line === `GET /${key}`).length;
    const once = fetched();
    clock += 600;
    (await models.enter())();
    await vi.waitFor(() => expect(models.state.problem).toBe('model-damaged'));
    expect([fetched(), await answering()]).toEqual([once, 'colours@1']);
    await store.tag('colours@3', 'production');
    await invokeUntil(models, 'colours@3');
    expect(models.state.problem).toBeUndefined();
  });

  it.each([
    ['too little memory', 'model-unreadable', () => memoryIsShort()],
    ['too many open files', 'model-file-missing', () => filesAreOut()],
  ])('are tried again after a pause where the machine had %s', async (_, code, fail) => {
    for (const seed of [1, 2]) await save(seed);
    const models = shared('colours');
    await models.start();
    const failing = await fail();
    await store.tag('colours@2', 'production');
    clock += 600;
    (await models.enter())();
    await vi.waitFor(() => expect(models.state).toMatchObject({ from: 'store', problem: code }));
    failing.mockRestore();
    const fetched = () => server.requests.filter((line) => line.endsWith('/model.onnx')).length;
    const once = fetched();
    clock += 600;
    (await models.enter())();
    await vi.waitFor(() => expect(models.state.checked).toBeDefined());
    expect([fetched(), await answering()]).toEqual([once, 'colours@1']);
    await invokeUntil(models, 'colours@2');
    expect(models.state.problem).toBeUndefined();
  });

  it('do not start over what a process that crashed has left', async () => {
    await save(1);
    const left = join(scratch, 'tmp', prefix);
    const models = shared();
    await models.start();
    await writeFile(join(left, 'colours', 'left'), 'x');
    await shared().start();
    expect(await readdir(join(left, 'colours'))).toHaveLength(1);
  });

  it.each(['a@1', 'A', 'a@b@c', 'a@'])('refuse to be asked for as %s', (text) => {
    expect(() => parseWanted(text)).toThrow(expect.objectContaining({ code: 'reference-not-valid' }));
  });
});
