import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PictureInput, pictureInput } from '@freezeframe/inference';
import * as z from 'zod';
import type { QuantizedRows } from '#quantize';
import type { Backbone } from './backbone.ts';

/** `assets/backbones/<name>/`: `model.onnx`, `backbone.json`, and the pictures' features in `background.bin`. */
export const BACKBONES_FOLDER = fileURLToPath(new URL('../../../assets/backbones/', import.meta.url));

export const FILES = { model: 'model.onnx', facts: 'backbone.json', background: 'background.bin' } as const;

/** What stands in `backbone.json`. */
const factsSchema = z.strictObject({
  input: pictureInput,
  map: z.boolean(),
  /** Milliseconds of one core for one picture, as measured when it was made: of two, the one with fewer takes less time. */
  cost: z.number().positive(),
  background: z.strictObject({ count: z.int(), width: z.int(), source: z.string() }),
  provenance: z.record(z.string(), z.string()),
});

/** Names of the backbones that come with Freezeframe. */
export async function assetNames(): Promise<string[]> {
  const entries = await readdir(BACKBONES_FOLDER, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** @returns the backbone, and what one picture costs */
export async function readAsset(name: string): Promise<Backbone & { readonly cost: number }> {
  const folder = join(BACKBONES_FOLDER, name);
  const facts = factsSchema.parse(JSON.parse(await readFile(join(folder, FILES.facts), 'utf8')));
  const model = await readFile(join(folder, FILES.model));
  const { input, map, provenance, cost } = facts;
  const background = readBackground(await readFile(join(folder, FILES.background)), facts.background);
  return { name, model, digest: digestOf(model, input), input, map, background, provenance, cost };
}

/** Features depend on the network and on what is done to a picture before it. */
export function digestOf(
  model: Uint8Array,
  { height, width, colour, resize, crop, kernel, invert }: PictureInput,
): string {
  const shape = JSON.stringify([height, width, colour, resize, crop, kernel, invert]);
  return createHash('sha256').update(shape).update(model).digest('hex');
}

/** The scales as float32, little-endian, then the bytes of the rows. */
function readBackground(file: Uint8Array, { count, width }: { count: number; width: number }): QuantizedRows {
  const bytes = Uint8Array.from(file);
  return { count, width, scales: new Float32Array(bytes.buffer, 0, count), bytes: bytes.subarray(count * 4) };
}

export function writeBackground({ scales, bytes }: QuantizedRows): Uint8Array[] {
  return [new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength), bytes];
}
