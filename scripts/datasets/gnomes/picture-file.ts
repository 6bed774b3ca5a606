import { develop, developmentOf } from './develop.ts';
import { drawPicture, type Label } from './picture.ts';

/** One square picture of a data set as a PNG file. @param side in pixels. */
export async function pictureFile(scene: string, label: Label, side: number): Promise<Uint8Array> {
  // PNG: jimp's JPEG encoder builds 65,535 arrays a picture (20 ms measured); PNG takes 2 ms at 96 pixels.
  return develop(drawPicture(scene, label, side, side), scene, { ...developmentOf(scene, side), format: 'image/png' });
}
