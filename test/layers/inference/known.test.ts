import {
  type Classifier,
  checkAnswerOptions,
  type Manifest,
  type Outputs,
  openClassifier,
  outputRows,
  toResult,
} from '@freezeframe/inference';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tellingModel } from '../../functions/models.ts';
import { plain } from './pictures.ts';
import { colourGraph, manifestFor, temporaryFolder, writeModel } from './tiny-models.ts';

type Output = Extract<Manifest['output'], { kind: 'classification' }>;

const { model, draft } = tellingModel();
const output = draft.output as Output;

async function opened(changes: Partial<Output> = {}, graph = model): Promise<Classifier> {
  const manifest = manifestFor(graph, { ...draft, output: { ...output, ...changes } });
  const classifier = await openClassifier(writeModel(temporaryFolder(), graph, manifest));
  onTestFinished(() => classifier.close());
  return classifier;
}

const unknown = (changes: object) => ({ unknown: { ...output.unknown, ...changes } as Required<Output>['unknown'] });
const heatmap = (changes: object) => ({ heatmap: { ...output.heatmap, ...changes } as Required<Output>['heatmap'] });
const png = (colour: string) => plain(colour).png().toBuffer();

describe('a model that tells what is none of its labels', () => {
  it('says so of one picture and of several', async () => {
    const classifier = await opened();
    const pictures = [await png('red'), await png('grey')];
    expect(await classifier.classify(pictures[0] as Buffer)).toMatchObject({ known: true });
    expect(await classifier.classifyBatch(pictures)).toMatchObject({ results: [{ known: true }, { known: false }] });
  });

  it('knows a picture at the threshold, and not one beyond it', async () => {
    // A grey one is exactly 1 from all colours.
    expect(await (await opened(unknown({ threshold: 1 }))).classify(await png('grey'))).toMatchObject({ known: true });
    const beyond = await opened(unknown({ threshold: 0.9999999 }));
    expect(await beyond.classify(await png('grey'))).toMatchObject({ known: false });
  });

  it('is not asked for what nobody wants', async () => {
    const classifier = await opened();
    const pixels = { datatype: 'UINT8', shape: [1, 8, 8, 3], data: new Uint8Array(192) } as const;
    expect(Object.keys(await classifier.run({ pixels }, ['distance']))).toEqual(['distance']);
    expect(Object.keys(await classifier.run({ pixels }))).toEqual(['colours', 'distance', 'map']);
  });

  it('fails one picture alone whose distance is no number', () => {
    const manifest = manifestFor(model, { ...draft });
    const tensor = (shape: number[], data: number[]) => ({
      datatype: 'FP32' as const,
      shape,
      data: new Float32Array(data),
    });
    const colours = tensor([2, 3], [1, 0, 0, 0, 1, 0]);
    const answer = (outputs: Outputs) =>
      outputRows(manifest, outputs, 2).map((row) => () => toResult(manifest, row, checkAnswerOptions({})));
    const [first, second] = answer({ colours, distance: tensor([2], [0, Number.NaN]) });
    expect(first?.()).toMatchObject({ known: true });
    expect(second).toThrow(expect.objectContaining({ code: 'model-output-invalid' }));
    expect(() => answer({ colours, distance: tensor([1], [0]) })).toThrow(
      expect.objectContaining({ code: 'model-output-invalid' }),
    );
  });
});

describe('a manifest that names outputs which the graph has not', () => {
  it.each([
    ['no such distance', unknown({ name: 'other' })],
    ['a distance of another shape', unknown({ name: 'colours' })],
    ['no such map', heatmap({ name: 'other' })],
    ['a map of another shape', heatmap({ name: 'colours' })],
    ['other rows', heatmap({ rows: 3 })],
    ['other columns', heatmap({ columns: 1 })],
    ['no such kernel', heatmap({ kernel: 'other' })],
    ['a kernel of another shape', heatmap({ kernel: 'distance' })],
  ])('%s', async (_, changes) => {
    await expect(opened(changes)).rejects.toMatchObject({ code: 'manifest-mismatch', remedy: expect.any(String) });
  });

  it('neither of them', async () => {
    const { height, width } = { height: 4, width: 4 };
    const input = { ...draft.input, name: 'picture', height, width } as Manifest['input'];
    const graph = colourGraph();
    const manifest = manifestFor(graph, { ...draft, input, output: { ...output, name: 'answer' } });
    await expect(openClassifier(writeModel(temporaryFolder(), graph, manifest))).rejects.toMatchObject({
      code: 'manifest-mismatch',
    });
  });
});
