import { resolve } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { replaceFile } from '#system';
import type { Dataset, PictureDataset, SplitName } from './dataset.ts';

/** Writes the test pictures' sheet. @throws FreezeframeError `used-wrongly` for a table. */
export async function writeSheet(dataset: Dataset, file: string): Promise<void> {
  if (dataset.kind !== 'pictures')
    throw new FreezeframeError('used-wrongly', expected('pictures', 'a contact sheet', dataset.kind));
  await replaceFile(resolve(file), await contactSheet(dataset, 'test'));
}

/** One row per label, pictures as the model gets them. @returns a PNG file. @param columns pictures per row. */
export async function contactSheet(dataset: PictureDataset, split: SplitName, columns = 12): Promise<Uint8Array> {
  const { labels, input, splits } = dataset;
  const { classes, pixels } = splits[split];
  const { width, height } = input;
  const data = Buffer.alloc(columns * width * labels.length * height * 4, 255);
  for (const [row] of labels.entries()) {
    const members = [...classes.keys()].filter((index) => classes[index] === row).slice(0, columns);
    for (const [column, index] of members.entries())
      for (let pixel = 0; pixel < width * height; pixel++) {
        const x = column * width + (pixel % width);
        const y = row * height + Math.floor(pixel / width);
        for (let channel = 0; channel < 3; channel++)
          data[(y * columns * width + x) * 4 + channel] = levelOf(
            pixels,
            index * width * height + pixel,
            channel,
            input,
          );
      }
  }
  const { Jimp } = await import('jimp');
  const sheet = new Jimp({ width: columns * width, height: labels.length * height, data });
  return new Uint8Array(await sheet.getBuffer('image/png'));
}

function levelOf(
  pixels: Uint8Array,
  pixel: number,
  channel: number,
  { channels, colour, invert }: PictureDataset['input'],
): number {
  const at = channels === 1 ? 0 : colour === 'bgr' ? 2 - channel : channel;
  const level = pixels[pixel * channels + at] as number;
  return invert ? 255 - level : level;
}
