import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import { createEngine, type Manifest } from '@freezeframe/inference';
import { type GraphProto, ModelProtoSchema, parseOnnx } from '#onnx';
import { quantizeRows, storeWeightsSmall } from '#quantize';
import { makeFolder, replaceFile } from '#system';
import { extractFeatures, type PictureFile } from '../features/extract.ts';
import { BACKBONES_FOLDER, digestOf, FILES, writeBackground } from './asset.ts';
import type { Backbone } from './backbone.ts';
import { blankPictures } from './blank-pictures.ts';
import { cutStored } from './find.ts';

interface AssetSource {
  readonly name: string;
  /** Of a classifier that was imported. */
  readonly manifest: Manifest;
  readonly model: Uint8Array;
  /** Pictures of anything. */
  readonly background: readonly PictureFile[];
  readonly backgroundSource: string;
  readonly provenance: Readonly<Record<string, string>>;
}

/** Writes `assets/backbones/<name>`: the classifier up to its features, a byte for each weight, and what anything looks like to it. */
export async function makeBackboneAsset(source: AssetSource): Promise<{ bytes: number; background: number }> {
  const backbone = cutStored(source.name, source.manifest, source.model);
  const model = parseOnnx(backbone.model);
  storeWeightsSmall(model.graph as GraphProto);
  const bytes = toBinary(ModelProtoSchema, model);
  const small = { ...backbone, model: bytes, digest: digestOf(bytes, backbone.input) };
  const { rows, count, width } = await backgroundFeatures(small, source.background);
  const facts = {
    input: backbone.input,
    map: backbone.map,
    cost: await costOf(small),
    background: { count, width, source: source.backgroundSource },
    provenance: source.provenance,
  };
  const folder = join(BACKBONES_FOLDER, source.name);
  await makeFolder(folder);
  await replaceFile(join(folder, FILES.model), bytes);
  await replaceFile(join(folder, FILES.background), writeBackground(quantizeRows(rows, width)));
  await replaceFile(join(folder, FILES.facts), `${JSON.stringify(facts, null, 2)}\n`);
  return { bytes: bytes.length, background: count };
}

/** Features of the pictures, and of pictures that show nothing. */
async function backgroundFeatures(backbone: Backbone, pictures: readonly PictureFile[]) {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-blank-'));
  try {
    const blank: PictureFile[] = [];
    for (const [i, bytes] of (await blankPictures()).entries()) {
      const path = join(folder, `${i}.png`);
      await writeFile(path, bytes);
      blank.push({ path, file: path });
    }
    const cache = join(tmpdir(), 'freezeframe-features');
    const { features, digests, skipped } = await extractFeatures(backbone, [...pictures, ...blank], { cache });
    const rows = await features.rows(digests.map((_, row) => row));
    await features.close();
    if (skipped.length > 0) throw new Error(`${skipped[0]?.file}: ${skipped[0]?.reason}`);
    return { rows, count: digests.length, width: features.width };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const RUNS = 20;

/** The least of several runs with one thread: what else the machine does only adds to it. */
async function costOf({ model, input }: Backbone): Promise<number> {
  const { name, height, width, channels } = input;
  const shape = [1, height, width, channels];
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => (i * 7919) % 256);
  const engine = await createEngine(model, { threads: 1 });
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await engine.run({ [name]: { datatype: 'UINT8', shape, data } });
    least = Math.min(least, performance.now() - start);
  }
  await engine.close();
  return Math.round(least * 10) / 10;
}
