import { type Classifier, type Manifest, openClassifier } from '@freezeframe/inference';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { colourModel, tellingModel } from '../../../functions/models.ts';
import { manifestFor, temporaryFolder, writeModel } from '../tiny-models.ts';

type Output = Extract<Manifest['output'], { kind: 'classification' }>;
type Input = Extract<Manifest['input'], { kind: 'picture' }>;

async function opened({ model, draft } = tellingModel(), changes: { output?: object; input?: object } = {}) {
  const output = { ...draft.output, ...changes.output } as Output;
  const input = { ...draft.input, ...changes.input } as Input;
  const classifier = await openClassifier(
    writeModel(temporaryFolder(), model, manifestFor(model, { ...draft, input, output })),
  );
  onTestFinished(() => classifier.close());
  return classifier;
}

/** 8 x 8 pixels: a red quarter at the top left, a lighter blue at the bottom right, black elsewhere. */
async function quarters(): Promise<Buffer> {
  const pixels = Buffer.alloc(192);
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      pixels[(y * 8 + x) * 3] = 255;
      pixels[((y + 4) * 8 + x + 4) * 3 + 2] = 102;
    }
  }
  return sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toBuffer();
}

async function heatmapOf(classifier: Classifier, options: object = {}) {
  const result = await classifier.classify(await quarters(), { heatmap: options });
  return 'heatmap' in result ? result.heatmap : undefined;
}

describe('the heat map of a picture', () => {
  it('is that of the most probable label, or of the one that is named', async () => {
    const classifier = await opened();
    expect(await heatmapOf(classifier)).toEqual({
      label: 'red',
      values: [[1, 0], [0, 0]], // biome-ignore format: rows
      scale: { low: 0, high: 1 },
    });
    expect(await heatmapOf(classifier, { label: 'blue' })).toEqual({
      label: 'blue',
      values: [[0, 0], [0, expect.closeTo(0.4, 6)]], // biome-ignore format: rows
      scale: { low: 0, high: expect.closeTo(0.4, 6) },
    });
    expect(await heatmapOf(classifier, { label: 'green' })).toMatchObject({ scale: { low: 0, high: 0 } });
  });

  it('is not there where nobody asked, and does not depend on what else is answered', async () => {
    const classifier = await opened();
    expect(await classifier.classify(await quarters())).not.toHaveProperty('heatmap');
    const none = await classifier.classify(await quarters(), { threshold: 1, topK: 1, heatmap: {} });
    expect(none).toMatchObject({ predictions: [], heatmap: { label: 'red' } });
  });

  it('comes with each of several', async () => {
    const classifier = await opened();
    const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'lime' } })
      .png()
      .toBuffer();
    const { results } = await classifier.classifyBatch([await quarters(), Buffer.from('no'), plain], { heatmap: {} });
    expect(results).toEqual([
      expect.objectContaining({ heatmap: expect.objectContaining({ label: 'red' }) }),
      expect.objectContaining({ status: 415 }),
      expect.objectContaining({ heatmap: expect.objectContaining({ label: 'green', values: [[1, 1], [1, 1]] }) }), // biome-ignore format: rows
    ]);
  });

  it('of two classes that share a name is that of the more probable one', async () => {
    const classifier = await opened(tellingModel(), { output: { labels: ['light', 'other', 'light'] } });
    expect(await heatmapOf(classifier, { label: 'light' })).toMatchObject({ values: [[1, 0], [0, 0]] }); // biome-ignore format: rows
  });

  it('is refused of a model that has none, and of a label that it has not', async () => {
    const without = await opened(colourModel());
    await expect(heatmapOf(without)).rejects.toMatchObject({ code: 'heatmap-absent', remedy: expect.any(String) });
    await expect(without.explain(await quarters())).rejects.toMatchObject({ code: 'heatmap-absent' });
    await expect(without.classifyBatch([], { heatmap: {} })).rejects.toMatchObject({ code: 'heatmap-absent' });
    await expect(heatmapOf(await opened(), { label: 'cat' })).rejects.toMatchObject({
      code: 'label-absent',
      message: `Expected a label of the model telling (red, green, blue) for label but received "cat"`,
    });
  });
});

describe('the drawing of a heat map', () => {
  const pixelsOf = async (picture: Uint8Array) => {
    const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
    return { ...info, at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)] };
  };

  it('is a multiple of what the model saw, light where the map is large', async () => {
    const { result, overlay } = await (await opened()).explain(await quarters());
    expect(result).toMatchObject({ heatmap: { label: 'red' } });
    const { width, height, format, channels, at } = {
      ...(await pixelsOf(overlay)),
      ...(await sharp(overlay).metadata()),
    };
    expect({ width, height, format, channels }).toEqual({ width: 224, height: 224, format: 'png', channels: 3 });
    // Yellow (253, 231, 37) and violet (68, 1, 84) of Viridis over red (76 in grey) and black.
    expect(at(0, 0)).toEqual([182, 169, 53]);
    expect(at(223, 0)).toEqual([41, 1, 50]);
  });

  it('has the colours of the picture in their order, and none where nothing speaks for the label', async () => {
    const { overlay } = await (await opened()).explain(await quarters(), { heatmap: { label: 'green' } });
    const swapped = await opened(tellingModel(), { input: { colour: 'bgr' } });
    const bgr = await swapped.explain(await quarters(), { heatmap: { label: 'green' } });
    expect((await pixelsOf(overlay)).at(0, 0)).toEqual([71, 31, 81]);
    expect((await pixelsOf(bgr.overlay)).at(0, 0)).toEqual([71, 31, 81]);
  });
});
