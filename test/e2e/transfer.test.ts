import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPictures } from '../../scripts/datasets/index.ts';
import { reliability } from '../../scripts/evaluate/index.ts';
import { importModel } from '../../scripts/import/index.ts';
import { ModelProtoSchema, parseOnnx } from '../../scripts/onnx/index.ts';
import { dequantizeRows, quantizeRows } from '../../scripts/quantize/index.ts';
import { openStore } from '../../scripts/store/index.ts';
import { mulberry32 } from '../../scripts/system/index.ts';
import { assetBackbones, findBackbone } from '../../scripts/transfer/backbones/find.ts';
import { extractFeatures } from '../../scripts/transfer/features/extract.ts';
import { type Features, MemoryFeatures } from '../../scripts/transfer/features/features.ts';
import { plainProbabilities } from '../../scripts/transfer/freeze/plain-head.ts';
import { largest } from '../../scripts/transfer/head/answers.ts';
import { chooseBest } from '../../scripts/transfer/head/choose.ts';
import { crossValidate } from '../../scripts/transfer/head/cross-validate.ts';
import { dealFolds } from '../../scripts/transfer/head/folds.ts';
import { fitHead } from '../../scripts/transfer/head/logistic.ts';
import { Objective } from '../../scripts/transfer/head/objective.ts';
import { findTemperature, withTemperature } from '../../scripts/transfer/head/temperature.ts';
import { type Candidate, tryBackbone } from '../../scripts/transfer/transfer.ts';
import { Distances } from '../../scripts/transfer/unknown/distances.ts';
import { smallest } from '../../scripts/transfer/unknown/prototypes.ts';
import { learnUnknown } from '../../scripts/transfer/unknown/unknown.ts';

const PHOTOGRAPHS = process.env.CATS_DOGS_DIR ?? join(process.env.FIXTURES_DIR ?? '', '../data/cats-dogs');
const MODELS = process.env.MODELS_SAMPLE_DIR ?? '';
const OTHERS = join(process.env.IMAGENET_SAMPLE_DIR ?? '', 'images');
const there = existsSync(PHOTOGRAPHS) && existsSync(OTHERS);
if (!there) console.log('transfer: skipped, CATS_DOGS_DIR and IMAGENET_SAMPLE_DIR name no photographs');

const DRAWS = 20;

const valuesOf = (features: Features) => features.rows(Array.from({ length: features.count }, (_, row) => row));

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of a file's outputs, the one that is a classifier's. */
function classifierAlone(file: Uint8Array): Uint8Array {
  const model = parseOnnx(file);
  if (model.graph) model.graph.output = model.graph.output.filter(({ name }) => name === 'logits');
  return toBinary(ModelProtoSchema, model);
}

describe.skipIf(!there)('photographs of cats and dogs', () => {
  let cache: string;
  let candidates: Candidate[];
  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'freezeframe-transfer-'));
    const found = await findPictures(PHOTOGRAPHS);
    if (!found) throw new Error('no pictures');
    candidates = [];
    for (const backbone of await assetBackbones())
      candidates.push(await tryBackbone(backbone, { found, seed: 1, cache }));
  }, 600_000);
  afterAll(() => rm(cache, { recursive: true }));

  const best = () => chooseBest(candidates);

  it('are told apart in 99.5 % by cross-validation', () => {
    expect(best().outOfFold.accuracy).toBeGreaterThanOrEqual(0.995);
  });

  /** So many rows of each class, chosen by the number of the draw. */
  function draw({ data }: Candidate, each: number, number: number): Uint8Array {
    const random = mulberry32(number);
    const used = new Uint8Array(data.classes.length);
    for (const label of [0, 1]) {
      const rows = [...data.classes.keys()].filter((row) => data.classes[row] === label);
      for (const row of rows
        .map((row) => ({ row, at: random() }))
        .sort((a, b) => a.at - b.at)
        .slice(0, each))
        used[row.row] = 1;
    }
    return used;
  }

  /** As a training does it that has only these rows. */
  async function calibrated(objective: Objective, { data, groups }: Candidate, used: Uint8Array) {
    const taken = [...used.keys()].filter((row) => used[row]);
    const foldOf = dealFolds(
      taken.map((row) => row.toString(16)),
      Int32Array.from(taken, (row) => data.classes[row] as number),
      Int32Array.from(taken, (row) => groups[row] as number),
      5,
      1,
    );
    const probabilities = new Float32Array(taken.length * 2);
    const values = await valuesOf(data.features);
    for (let fold = 0; fold < 5; fold++) {
      const others = new Uint8Array(data.classes.length);
      for (const [i, row] of taken.entries()) others[row] = Number(foldOf[i] !== fold);
      const head = await fitHead(objective, data, 2, others);
      for (const [i, row] of taken.entries())
        if (foldOf[i] === fold) probabilities.set(plainProbabilities(head, values, row), i * 2);
    }
    const classes = Int32Array.from(taken, (row) => data.classes[row] as number);
    const temperature = findTemperature({ probabilities, classes, labels: 2 });
    return withTemperature(await fitHead(objective, data, 2, used), temperature);
  }

  it('are told apart in 98.8 % from 20 of each, and as often as the model is sure', async () => {
    const one = best();
    const values = await valuesOf(one.data.features);
    const objective = await Objective.open(one.data.features.width, 2);
    for (const [each, least] of [
      [20, 0.988],
      [60, 0.99],
    ] as const) {
      let accuracy = 0;
      const answers: { probability: number; right: boolean }[] = [];
      for (let number = 0; number < DRAWS; number++) {
        const used = draw(one, each, number);
        const head = await calibrated(objective, one, used);
        let [right, count] = [0, 0];
        for (let row = 0; row < one.data.classes.length; row++) {
          if (used[row]) continue;
          const own = plainProbabilities(head, values, row);
          const called = largest(own);
          count++;
          right += Number(called === one.data.classes[row]);
          answers.push({ probability: own[called] as number, right: called === one.data.classes[row] });
        }
        accuracy += right / count / DRAWS;
      }
      console.log(
        `${each} of each: ${(100 * accuracy).toFixed(2)} %, calibration error ${reliability(answers).error?.toFixed(4)}`,
      );
      expect(accuracy).toBeGreaterThanOrEqual(least);
      expect(reliability(answers).error).toBeLessThanOrEqual(0.03);
    }
    await objective.close();
  }, 300_000);

  // What ships holds a byte for each weight and computes in floats: EdgeTPU's file computes in bytes, Lite2's in floats alone.
  it.skipIf(!existsSync(MODELS)).each([
    { name: 'mobilenet-edgetpu', file: 'mobilenet_edgetpu_224_1.0_uint8.tflite', layer: ':AveragePool', most: 0.003 },
    { name: 'efficientnet-lite2', file: 'efficientnet_lite2_imagenet.onnx', layer: '', most: 0.005 },
  ])(
    'are told apart by $name as by the file that it was made from',
    async ({ name, file, layer, most }) => {
      const path = join(cache, file);
      const bytes = await readFile(join(MODELS, file));
      await writeFile(path, name === 'efficientnet-lite2' ? classifierAlone(bytes) : bytes);
      const small = candidates.find(({ backbone }) => backbone.name === name) as Candidate;
      const { crop, kernel } = small.backbone.input;
      const store = openStore(join(cache, 'store'));
      const preprocess = name === 'efficientnet-lite2' ? ({ preprocess: 'efficientnet-lite' } as const) : {};
      const { stored } = await importModel({
        path,
        name: `${name}-file`,
        store,
        labels: 'imagenet',
        pictures: { ...preprocess, crop, kernel },
      });
      const found = await findPictures(PHOTOGRAPHS);
      if (!found) throw new Error('no pictures');
      const original = await tryBackbone(await findBackbone(`${name}-file@${stored.version}${layer}`, store), {
        found,
        seed: 1,
        cache,
      });
      expect(original.backbone.digest).not.toBe(small.backbone.digest);
      const [values, others] = [await valuesOf(small.data.features), await valuesOf(original.data.features)];
      // A network in bytes counts its features in steps: the unit is not what is compared.
      const unit = mean(values) / mean(others);
      const { width } = small.data.features;
      const objective = await Objective.open(width, 2);
      const accuracies: number[] = [];
      for (const rows of [values, others.map((value) => value * unit)]) {
        const data = { features: new MemoryFeatures(rows, width), classes: small.data.classes };
        accuracies.push((await crossValidate(objective, data, 2, small.foldOf)).accuracy);
        let accuracy = 0;
        for (let number = 0; number < DRAWS; number++) {
          const used = draw(small, 20, number);
          const head = await fitHead(objective, data, 2, used);
          const tested = [...used.keys()].filter((row) => !used[row]);
          const right = tested.filter((row) => largest(plainProbabilities(head, rows, row)) === data.classes[row]);
          accuracy += right.length / tested.length / DRAWS;
        }
        accuracies.push(accuracy);
      }
      await objective.close();
      const shares = accuracies.map((one) => `${(100 * one).toFixed(2)} %`);
      console.log(`${name}: ${shares[0]} in folds, ${shares[1]} from 20; its file: ${shares[2]}, ${shares[3]}`);
      for (const i of [0, 1])
        expect(Math.abs((accuracies[i] as number) - (accuracies[i + 2] as number))).toBeLessThanOrEqual(most);
    },
    300_000,
  );

  it('are told from pictures of other things', async () => {
    const one = best();
    const { width } = one.data.features;
    const values = await valuesOf(one.data.features);
    const { images } = JSON.parse(await readFile(join(OTHERS, '..', 'reference.json'), 'utf8')) as {
      images: Record<string, { class: number }>;
    };
    // ImageNet's classes 151 to 275 are dogs and their kin, 281 to 293 cats.
    const files = (await readdir(OTHERS)).sort().filter((file) => {
      const number = images[file]?.class ?? 0;
      return !(number >= 151 && number <= 275) && !(number >= 281 && number <= 293);
    });
    const { features } = await extractFeatures(
      one.backbone,
      files.map((file) => ({ file, path: join(OTHERS, file) })),
      { cache },
    );
    const rows = (from: Float32Array, wanted: readonly number[]) => {
      const own = new Float32Array(wanted.length * width);
      for (const [i, row] of wanted.entries()) own.set(from.subarray(row * width, (row + 1) * width), i * width);
      return own;
    };
    const otherValues = await valuesOf(features);
    const half = (odd: number) =>
      rows(
        otherValues,
        [...files.keys()].filter((i) => i % 2 === odd),
      );
    const distances = await Distances.open(width);
    let [area, accepted, recall, mistaken] = [0, 0, 0, 0];
    for (let number = 0; number < DRAWS; number++) {
      const used = draw(one, 20, number);
      const taken = [...used.keys()].filter((row) => used[row]);
      const data = {
        features: new MemoryFeatures(rows(values, taken), width),
        classes: Int32Array.from(taken, (row) => one.data.classes[row] as number),
        labels: 2,
        groups: Int32Array.from(taken, (row) => one.groups[row] as number),
      };
      const { known, background, threshold } = await learnUnknown(distances, data, quantizeRows(half(0), width), 1);
      const nearest = async (x: Float32Array, y: Float32Array) => {
        const found: number[] = [];
        await distances.each(x, y, (row, all) => {
          found[row] = all[smallest(all)] as number;
        });
        return found;
      };
      const scores = async (x: Float32Array) => {
        const [near, far] = [await nearest(x, dequantizeRows(known)), await nearest(x, dequantizeRows(background))];
        return near.map((value, row) => value - (far[row] as number));
      };
      const own = await scores(
        rows(
          values,
          [...used.keys()].filter((row) => !used[row]),
        ),
      );
      const others = await scores(half(1));
      const at95 = [...own].sort((a, b) => a - b)[Math.ceil(0.95 * own.length) - 1] as number;
      const share = (scores: number[], most: number) => scores.filter((score) => score <= most).length / scores.length;
      accepted += share(others, at95) / DRAWS;
      recall += share(own, threshold) / DRAWS;
      mistaken += share(others, threshold) / DRAWS;
      const above = own.reduce((sum, score) => sum + others.filter((other) => other > score).length, 0);
      area += above / own.length / others.length / DRAWS;
    }
    await distances.close();
    console.log(
      `none of these: AUROC ${area.toFixed(4)}, false accepts at 95 % recall ${(100 * accepted).toFixed(1)} %`,
    );
    console.log(
      `by the threshold of training: ${(100 * recall).toFixed(1)} % known, ${(100 * mistaken).toFixed(1)} % of others taken for one`,
    );
    expect(area).toBeGreaterThanOrEqual(0.98);
    expect(accepted).toBeLessThanOrEqual(0.05);
    expect(mistaken).toBeLessThanOrEqual(0.05);
  }, 300_000);
});
