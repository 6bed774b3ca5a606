import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Jimp } from 'jimp';
import { onTestFinished } from 'vitest';
import { handmadePng } from '../../layers/inference/pictures.ts';

/** A folder of the test's own, gone when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, given as path -> content, below a folder. */
export async function writeFiles(folder: string, files: Record<string, Uint8Array | string>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
}

/** A plain picture; another number, other bytes. */
export async function plainPicture(number: number, format: 'image/png' | 'image/jpeg' = 'image/png') {
  const color = (((number * 2_654_435_761) % 0xffffff) * 256 + 255) >>> 0;
  const image = new Jimp({ width: 12, height: 10, color });
  image.setPixelColor(((number * 7_919) % 0xffffff) * 256 + 255, number % 12, 3);
  return format === 'image/png' ? image.getBuffer('image/png') : image.getBuffer('image/jpeg');
}

/** Class folders of different plain pictures. */
export async function pictureFolder(folder: string, classes: Record<string, number>): Promise<void> {
  let number = 1;
  for (const [label, count] of Object.entries(classes))
    for (let index = 0; index < count; index++)
      await writeFiles(folder, { [`${label}/${index}.png`]: await plainPicture(number++) });
}

/** A PNG whose header claims a size that nobody can decode. */
export function hugePng(width: number, height: number): Buffer {
  return handmadePng(width, height, Buffer.alloc(64), 2);
}

/** The same JPEG with an EXIF orientation (1..8) put behind its first marker. */
export function withOrientation(jpeg: Uint8Array, orientation: number): Buffer {
  const tiff = Buffer.from([
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    0x01,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  const payload = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, payload.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, payload, jpeg.subarray(2)]);
}
