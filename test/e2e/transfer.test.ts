import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPictures } from '../../scripts/datasets/index.ts';
import { reliability } from '../../scripts/evaluate/index.ts';
import { mulberry32 } from '../../scripts/system/index.ts';
import { assetBackbones } from '../../scripts/transfer/backbones/find.ts';
import { extractFeatures } from '../../scripts/transfer/features/extract.ts';
import { answer, largest } from '../../scripts/transfer/head/cross-validate.ts';
import { dealFolds } from '../../scripts/transfer/head/folds.ts';
import { fitHead } from '../../scripts/transfer/head/logistic.ts';
import { Objective } from '../../scripts/transfer/head/objective.ts';
import { findTemperature, withTemperature } from '../../scripts/transfer/head/temperature.ts';
import { dequantizeRows, quantizeRows } from '../../scripts/transfer/quantized-rows.ts';
import { type Candidate, chooseBest, tryBackbone } from '../../scripts/transfer/transfer.ts';
import { Distances } from '../../scripts/transfer/unknown/distances.ts';
import { smallest } from '../../scripts/transfer/unknown/prototypes.ts';
import { learnUnknown } from '../../scripts/transfer/unknown/unknown.ts';

const PHOTOGRAPHS = process.env.CATS_DOGS_DIR ?? join(process.env.FIXTURES_DIR ?? '', '../data/cats-dogs');
const OTHERS = join(process.env.IMAGENET_SAMPLE_DIR ?? '', 'images');
const there = existsSync(PHOTOGRAPHS) && existsSync(OTHERS);
if (!there) console.log('transfer: skipped, CATS_DOGS_DIR and IMAGENET_SAMPLE_DIR name no photographs');

const DRAWS = 20;

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

  const best = () =>
    chooseBest(candidates.map((one) => ({ ...one, accuracy: one.outOfFold.accuracy, count: one.data.count })));

  it('are told apart in 99.5 % by cross-validation', () => {
    expect(best().outOfFold.accuracy).toBeGreaterThanOrEqual(0.995);
  });

  /** So many rows of each class, chosen by the number of the draw. */
  function draw({ data }: Candidate, each: number, number: number): Uint8Array {
    const random = mulberry32(number);
    const used = new Uint8Array(data.count);
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
    for (let fold = 0; fold < 5; fold++) {
      const others = new Uint8Array(data.count);
      for (const [i, row] of taken.entries()) others[row] = Number(foldOf[i] !== fold);
      const head = await fitHead(objective, data, 2, others);
      for (const [i, row] of taken.entries())
        if (foldOf[i] === fold) probabilities.set(answer(head, data.features, row), i * 2);
    }
    const classes = Int32Array.from(taken, (row) => data.classes[row] as number);
    const temperature = findTemperature({ probabilities, classes, labels: 2 });
    return withTemperature(await fitHead(objective, data, 2, used), temperature);
  }

  it('are told apart in 98.8 % from 20 of each, and as often as the model is sure', async () => {
    const one = best();
    const objective = await Objective.open(one.data.width, 2);
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
        for (let row = 0; row < one.data.count; row++) {
          if (used[row]) continue;
          const own = answer(head, one.data.features, row);
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

  it('are told from pictures of other things', async () => {
    const one = best();
    const { width } = one.data;
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
    const half = (odd: number) =>
      rows(
        features,
        [...files.keys()].filter((i) => i % 2 === odd),
      );
    const distances = await Distances.open(width);
    let [area, accepted] = [0, 0];
    for (let number = 0; number < DRAWS; number++) {
      const used = draw(one, 20, number);
      const taken = [...used.keys()].filter((row) => used[row]);
      const data = {
        features: rows(one.data.features, taken),
        width,
        classes: Int32Array.from(taken, (row) => one.data.classes[row] as number),
        labels: 2,
        groups: Int32Array.from(taken, (row) => one.groups[row] as number),
      };
      const { known, background } = await learnUnknown(distances, data, quantizeRows(half(0), width), 1);
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
          one.data.features,
          [...used.keys()].filter((row) => !used[row]),
        ),
      );
      const others = await scores(half(1));
      const threshold = [...own].sort((a, b) => a - b)[Math.ceil(0.95 * own.length) - 1] as number;
      accepted += others.filter((score) => score <= threshold).length / others.length / DRAWS;
      const above = own.reduce((sum, score) => sum + others.filter((other) => other > score).length, 0);
      area += above / own.length / others.length / DRAWS;
    }
    await distances.close();
    console.log(
      `none of these: AUROC ${area.toFixed(4)}, false accepts at 95 % recall ${(100 * accepted).toFixed(1)} %`,
    );
    expect(area).toBeGreaterThanOrEqual(0.98);
    expect(accepted).toBeLessThanOrEqual(0.05);
  }, 300_000);
});
