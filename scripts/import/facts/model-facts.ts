import type { Shape } from '#keras';
import type { FoundApplication } from './keras-application.ts';

/** What decides how a model is imported, whatever format it came in. */
export interface ModelFacts {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly integers: boolean }[];
  readonly outputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** Of several outputs, the one that has a number for each class. */
  readonly answer?: number;
  /** The one input has a picture's shape; a side that is not fixed is null. */
  readonly picture?: PictureFacts;
  /** What the one output went through last. */
  readonly activation: 'softmax' | 'sigmoid' | 'none';
  /** What the model does to its input itself, where it does. */
  readonly own?: { readonly takes: Takes; readonly reason: string };
  /** The published network that it is, or is built on. */
  readonly application?: FoundApplication;
  /** PyTorch wrote the file. */
  readonly pytorch?: boolean;
}

/** 0..255, 0..1, or -1..1. */
export type Takes = 'bytes' | 'unit' | 'signed';

export interface PictureFacts {
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: 1 | 3;
}

/** Smaller than the smallest picture that anybody classifies (8 x 8 digits): rather a table. */
const MIN_SIDE = 8;

/** Whether sides and channels are a picture's. */
export function pictureFacts(height: Side, width: Side, channels: Side): PictureFacts | undefined {
  const fits = (side: Side) => side === null || (side !== undefined && side >= MIN_SIDE);
  if ((channels !== 1 && channels !== 3) || !fits(height) || !fits(width)) return undefined;
  return { height: height ?? null, width: width ?? null, channels };
}
type Side = number | null | undefined;

/** Values for each class or number that one output answers for one sample; undefined where it is no list of numbers. */
export function outputWidth({ outputs, answer }: Pick<ModelFacts, 'outputs' | 'answer'>): number | undefined {
  const only = answer === undefined && outputs.length > 1 ? undefined : outputs[answer ?? 0];
  return only?.shape.length === 2 ? (only.shape[1] ?? undefined) : undefined;
}

/** How many classes ImageNet's benchmark has, and most published networks. */
export const IMAGENET_CLASSES = 1000;

/** A shape for people: `[batch, 224, 224, 3]`. */
export function shapeWords(shape: Shape): string {
  return `[${shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : '?')).join(', ')}]`;
}
