import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../../../scripts/guards/import-error.ts';
import { graphToOnnx } from '../../../../../scripts/import/prepare-graph.ts';
import { teachableMachineReader } from '../../../../../scripts/read/formats/teachable-machine/reader.ts';
import { tfjsGraphReader } from '../../../../../scripts/read/formats/tfjs-graph/reader.ts';
import { tfjsLayersReader } from '../../../../../scripts/read/formats/tfjs-layers/reader.ts';
import { layers } from '../../../../tensorflow-js/tensorflow.ts';
import { CASES } from '../../../convert/tensorflow/cases.ts';
import { GraphFiles } from '../../../convert/tensorflow/graph-files.ts';
import { fuzzRuns } from '../../fuzz/runs.ts';
import { memorySource } from '../../memory-source.ts';
import { savedFiles } from './tfjs-files.ts';

const RUNS = fuzzRuns(500, 3_000);

type Files = Record<string, string | Uint8Array>;

/** What a hostile hand writes where something else stood. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  '',
  '..',
  '../x',
  '__proto__',
  'a\u0000b',
  'SAME',
  'Dense',
  'Sequential',
  'model',
  [],
  {},
  [[]],
  [0, 1],
  [null, 4],
  [-1, 0],
  { config: {} },
  { name: 'a' },
  '1e9',
  '-1',
];

/** The JSON with one value replaced, removed, doubled, or put in the place of another. */
function changeJson(text: string, picks: readonly number[]): string {
  const json = JSON.parse(text);
  for (let i = 0; i + 2 < picks.length; i += 3) {
    const places: [Record<string, unknown>, string][] = [];
    collect(json, places);
    if (places.length === 0) break;
    const [holder, key] = places[(picks[i] as number) % places.length] as (typeof places)[number];
    const [other, otherKey] = places[(picks[i + 1] as number) % places.length] as (typeof places)[number];
    const way = (picks[i + 2] as number) % (VALUES.length + 3);
    if (way < VALUES.length) holder[key] = structuredClone(VALUES[way]);
    else if (way === VALUES.length) delete holder[key];
    else if (way === VALUES.length + 1) holder[key] = structuredClone(other[otherKey]);
    else holder[key] = [holder[key], structuredClone(holder[key])];
  }
  return JSON.stringify(json);
}

function collect(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (value === null || typeof value !== 'object') return;
  for (const key of Object.keys(value)) {
    places.push([value as Record<string, unknown>, key]);
    collect((value as Record<string, unknown>)[key], places);
  }
}

function changeText(text: string, picks: readonly number[]): string {
  const [at = 0, length = 0, from = 0] = picks;
  const cut = at % text.length;
  const part = text.slice(from % text.length, (from % text.length) + (length % 40));
  return picks.length % 2
    ? text.slice(0, cut) + part + text.slice(cut)
    : text.slice(0, cut) + text.slice(cut + (length % 40));
}

async function layersFiles(): Promise<Files> {
  const { conv2d, flatten, dense, batchNormalization, maxPooling2d } = layers.layers;
  const inner = layers.sequential({
    layers: [
      conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1], padding: 'same' }),
      batchNormalization({}),
      maxPooling2d({}),
    ],
  });
  const model = layers.sequential({ layers: [inner, flatten({}), dense({ units: 2, activation: 'softmax' })] });
  const metadata = { tfjsVersion: '1.7.4', packageVersion: '0.8', labels: ['a', 'b'] };
  return { ...(await savedFiles(model)), 'metadata.json': JSON.stringify(metadata) };
}

async function fuzz(
  reader: typeof tfjsLayersReader | typeof tfjsGraphReader | typeof teachableMachineReader,
  seeds: readonly Files[],
) {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(seeds.length - 1),
      fc.constantFrom('json', 'json', 'text', 'shard', 'metadata'),
      fc.array(fc.nat(1e6), { minLength: 3, maxLength: 9 }),
      async (index, what, picks) => {
        const files = { ...(seeds[index] as Files) };
        if (what === 'json') files['model.json'] = changeJson(files['model.json'] as string, picks);
        if (what === 'text') files['model.json'] = changeText(files['model.json'] as string, picks);
        if (what === 'metadata' && files['metadata.json'])
          files['metadata.json'] = changeJson(files['metadata.json'] as string, picks);
        const shard = Object.keys(files).find((name) => name.endsWith('.bin')) as string;
        if (what === 'shard')
          files[shard] = (files[shard] as Uint8Array).slice(
            0,
            (picks[0] as number) % (files[shard] as Uint8Array).length,
          );
        let outcome = 'read';
        try {
          const source = memorySource(files);
          if (await reader.recognises(source)) {
            const imported = await reader.read(source);
            if (imported.kind === 'tensorflow') graphToOnnx(imported.graphModel);
          } else outcome = 'not recognised';
        } catch (error) {
          if (!(error instanceof ImportError)) throw error;
          outcome = error.code;
        }
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      },
    ),
    { numRuns: RUNS },
  );
  // The changes reach behind the first check.
  for (const outcome of ['read', 'file-damaged']) expect(outcomes.get(outcome) ?? 0).toBeGreaterThan(RUNS / 100);
}

describe('formats of the web, damaged', () => {
  it('TensorFlow.js Layers: only ImportErrors escape', async () => {
    await fuzz(tfjsLayersReader, [await layersFiles()]);
  });

  it('Teachable Machine: only ImportErrors escape', async () => {
    await fuzz(teachableMachineReader, [await layersFiles()]);
  });

  it('graph models: only ImportErrors escape', async () => {
    const seeds = CASES.map(({ shape, build }) => {
      const g = new GraphFiles();
      g.input('x', shape);
      return g.files({ y: build(g) });
    });
    await fuzz(tfjsGraphReader, seeds);
  });
});
