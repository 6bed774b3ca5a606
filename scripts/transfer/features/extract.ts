import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  createEngine,
  DECODING,
  decodePicture,
  type Engine,
  FreezeframeError,
  type TensorData,
} from '@freezeframe/inference';
import { readPicture, reasonOf, type Skipped } from '#datasets';
import { inParallel } from '#functions';
import { countOf } from '#terminal';
import type { Backbone } from '../backbones/backbone.ts';
import { type CachedRow, FeatureCache } from './feature-cache.ts';
import { type Features, type FeatureTable, openFeatures } from './features.ts';
import { HASH_BYTES, hashesAt, pictureHash } from './picture-hash.ts';

/** Pictures in one run of the network: more gain nothing on two cores. */
const BATCH = 8;
/** As many files as there are cores, and one that waits for the disk. */
const AT_ONCE = availableParallelism() + 1;

/** A picture file and its number among those that were asked for. */
export interface PictureFile {
  readonly path: string;
  /** What it is called in messages. */
  readonly file: string;
}

/** Features of many pictures: a row for each content, whatever number of files has it. */
export interface Extracted {
  /** sha256 (hex) of each row's files. */
  readonly digests: readonly string[];
  /** The row of each file that was asked for; -1 where it cannot be read. */
  readonly rowOf: Int32Array;
  /** `HASH_BYTES` for each row. */
  readonly hashes: Uint8Array;
  /** To be closed by whoever asked for them. */
  readonly features: Features;
  readonly skipped: Skipped[];
  /** Pictures that were run and not taken from the cache, and how long that took. */
  readonly fresh: number;
  readonly seconds: number;
}

export interface ExtractOptions {
  /** Folder of all caches of features. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of features that are held in memory; more lie in a file. */
  readonly inMemory?: number | undefined;
  onProgress?(what: 'reading' | 'running', done: number, total: number): void;
}

/** Rows that are filled one by one. */
class Rows {
  readonly digests: readonly string[];
  readonly #features: FeatureTable;
  readonly #hashes: Uint8Array;
  readonly #filled: Uint8Array;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(digests: readonly string[], features: FeatureTable) {
    this.digests = digests;
    this.#features = features;
    this.#hashes = new Uint8Array(digests.length * HASH_BYTES);
    this.#filled = new Uint8Array(digests.length);
    this.#numbers = new Map(digests.map((digest, row) => [digest, row]));
  }

  fill(digest: string, { features, hash }: CachedRow): void {
    const row = this.#numbers.get(digest) as number;
    this.#features.set(row, features);
    this.#hashes.set(hash, row * HASH_BYTES);
    this.#filled[row] = 1;
  }

  has(digest: string): boolean {
    return this.#filled[this.#numbers.get(digest) as number] === 1;
  }

  /** Without rows that nothing was found for. */
  kept(): Pick<Extracted, 'digests' | 'features' | 'hashes'> {
    const rows = Int32Array.from([...this.#filled.keys()].filter((row) => this.#filled[row] === 1));
    return {
      digests: Array.from(rows, (row) => this.digests[row] as string),
      features: this.#features.select(rows),
      hashes: hashesAt(this.#hashes, rows),
    };
  }
}

/**
 * Features of each picture: from the cache where its bytes were seen before, otherwise decoded and run, the next pictures being
 * decoded while the network runs. What it has answered is kept at once: a stopped run goes on where it was.
 * @throws FreezeframeError of the engine. A picture that cannot be read is listed, not thrown.
 */
export async function extractFeatures(
  backbone: Backbone,
  files: readonly PictureFile[],
  options: ExtractOptions,
): Promise<Extracted> {
  const start = performance.now();
  // Loaded for the first picture that the cache does not have: half a second that a training from it does without.
  let opened: Promise<Engine> | undefined;
  const engine = () => {
    opened ??= createEngine(backbone.model);
    return opened;
  };
  const width = backbone.background?.width ?? (await featureWidth(await engine(), backbone));
  const folder = join(options.cache, `${backbone.digest.slice(0, 32)}-${DECODING}`);
  const cache = new FeatureCache(folder, width);
  let table: FeatureTable | undefined;
  try {
    const digests = await digestsOf(files, options);
    const different = [...new Set(digests.filter((digest) => typeof digest === 'string'))];
    table = await openFeatures(folder, different.length, width, options.inMemory);
    const rows = new Rows(different, table);
    await cache.read(new Set(different), (digest, row) => rows.fill(digest, row));
    const reasons = new Map<string, string>();
    const fresh = await runNew({ engine, backbone, files, digests, rows, reasons, cache, options });
    return collect(files, digests, rows, reasons, fresh, (performance.now() - start) / 1000);
  } catch (error) {
    await table?.close();
    throw error;
  } finally {
    await cache.close();
    await (await opened)?.close();
  }
}

/** One run with a black picture. */
async function featureWidth(engine: Engine, { input }: Backbone): Promise<number> {
  const { height, width, channels } = input;
  const data = new Uint8Array(height * width * channels);
  const answer = await engine.run({ [input.name]: { datatype: 'UINT8', shape: [1, height, width, channels], data } });
  return (answer.features as TensorData).data.length;
}

/** sha256 (hex) of each file, or why it cannot be read. */
export async function digestsOf(
  files: readonly PictureFile[],
  { signal, onProgress }: Pick<ExtractOptions, 'signal' | 'onProgress'>,
): Promise<(string | Error)[]> {
  let done = 0;
  return inParallel(files, AT_ONCE, async ({ path }) => {
    if (signal?.aborted) throw interrupted(0, files.length);
    onProgress?.('reading', ++done, files.length);
    try {
      return createHash('sha256')
        .update(await readPicture(path))
        .digest('hex');
    } catch (error) {
      return error as Error;
    }
  });
}

interface Work {
  engine(): Promise<Engine>;
  readonly backbone: Backbone;
  readonly files: readonly PictureFile[];
  readonly digests: readonly (string | Error)[];
  readonly rows: Rows;
  /** Why a picture was left out, by its digest. */
  readonly reasons: Map<string, string>;
  readonly cache: FeatureCache;
  readonly options: ExtractOptions;
}

async function runNew({ engine, backbone, files, digests, rows, reasons, cache, options }: Work): Promise<number> {
  const open = new Map<string, string>();
  for (const [i, digest] of digests.entries())
    if (typeof digest === 'string' && !rows.has(digest)) open.set(digest, (files[i] as PictureFile).path);
  const todo = [...open];
  const decode = async (first: number) =>
    inParallel(todo.slice(first, first + BATCH), AT_ONCE, async ([digest, path]) => {
      try {
        return { digest, pixels: await decodePicture(await readPicture(path), backbone.input) };
      } catch (error) {
        reasons.set(digest, reasonOf(error));
        return undefined;
      }
    });
  let next = decode(0);
  for (let first = 0; first < todo.length; first += BATCH) {
    if (options.signal?.aborted) throw interrupted(first, todo.length);
    const pictures = (await next).filter((one) => one !== undefined);
    next = decode(first + BATCH);
    // Awaited in the next turn: a failure there is not one that nobody hears of.
    next.catch(() => undefined);
    for (const { digest, ...row } of await run(engine, backbone, pictures)) {
      rows.fill(digest, row);
      await cache.append(digest, row);
    }
    options.onProgress?.('running', Math.min(first + BATCH, todo.length), todo.length);
  }
  return todo.length;
}

function interrupted(done: number, total: number): FreezeframeError {
  return new FreezeframeError('interrupted', `Stopped after the features of ${done} of ${countOf(total, 'pictures')}`, {
    remedy: 'They are kept: the same command goes on with the others.',
  });
}

async function run(
  engine: () => Promise<Engine>,
  { input }: Backbone,
  pictures: readonly { readonly digest: string; readonly pixels: Uint8Array }[],
): Promise<({ readonly digest: string } & CachedRow)[]> {
  if (pictures.length === 0) return [];
  const { height, width, channels } = input;
  const size = height * width * channels;
  const data = new Uint8Array(size * pictures.length);
  for (const [i, { pixels }] of pictures.entries()) data.set(pixels, i * size);
  const shape = [pictures.length, height, width, channels];
  const answer = await (await engine()).run({ [input.name]: { datatype: 'UINT8', shape, data } });
  const all = (answer.features as TensorData).data as Float32Array;
  const each = all.length / pictures.length;
  return pictures.map(({ digest, pixels }, i) => ({
    digest,
    hash: pictureHash(pixels, input),
    features: all.slice(i * each, (i + 1) * each),
  }));
}

function collect(
  files: readonly PictureFile[],
  digests: readonly (string | Error)[],
  rows: Rows,
  reasons: ReadonlyMap<string, string>,
  fresh: number,
  seconds: number,
): Extracted {
  const kept = rows.kept();
  const numbers = new Map(kept.digests.map((digest, row) => [digest, row]));
  const skipped: Skipped[] = [];
  const rowOf = new Int32Array(files.length).fill(-1);
  for (const [i, digest] of digests.entries()) {
    const { file } = files[i] as PictureFile;
    if (digest instanceof Error) skipped.push({ file, reason: reasonOf(digest) });
    else if (numbers.has(digest)) rowOf[i] = numbers.get(digest) as number;
    else skipped.push({ file, reason: reasons.get(digest) ?? 'cannot be read' });
  }
  return { ...kept, rowOf, skipped, fresh, seconds };
}
