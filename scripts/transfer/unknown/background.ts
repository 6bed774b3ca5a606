import { expected, FreezeframeError } from '@freezeframe/inference';
import { joinRows, type QuantizedRows, quantizeRows } from '#quantize';
import type { Backbone } from '../backbones/backbone.ts';
import { type ExtractOptions, extractFeatures, type PictureFile } from '../features/extract.ts';

/** With fewer, the nearest of them says nothing. */
const LEAST = 20;
/** Of the user's own: 1.3 MB of the model, with 1,280 features. More are taken at even distances. */
const MOST = 1_000;

/**
 * Features of pictures that show anything: those that come with the backbone, and those of the user's own.
 * @returns undefined where there are none
 * @throws FreezeframeError `dataset-unusable` for fewer than 20 in all
 */
export async function backgroundOf(
  backbone: Backbone,
  own: readonly PictureFile[],
  options: ExtractOptions,
): Promise<QuantizedRows | undefined> {
  const parts = backbone.background ? [backbone.background] : [];
  if (own.length > 0) {
    const { features } = await extractFeatures(backbone, own, options);
    try {
      const step = Math.max(1, Math.ceil(features.count / MOST));
      const rows = Array.from({ length: Math.ceil(features.count / step) }, (_, i) => i * step);
      parts.push(quantizeRows(await features.rows(rows), features.width));
    } finally {
      await features.close();
    }
  }
  if (parts.length === 0) return undefined;
  const all = joinRows(parts);
  if (all.count >= LEAST) return all;
  throw new FreezeframeError('dataset-unusable', expected(`at least ${LEAST} pictures`, '--background', all.count), {
    remedy: 'Give a folder with some dozens of pictures of anything but the labels, or leave it out with --no-unknown.',
  });
}
