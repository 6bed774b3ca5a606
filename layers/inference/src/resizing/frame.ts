import type { PictureInput } from '../manifest.ts';
import type { Pixels } from './pixels.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

type Frame = Pick<PictureInput, 'width' | 'height' | 'resize' | 'crop' | 'invert'>;

/** What is resized to, before its middle is kept. */
export function wholeSize({ width, height, crop }: Frame): Size {
  return { width: Math.round(width / crop), height: Math.round(height / crop) };
}

/** The size of a whole picture as the model sees a part of it. */
export function scaledSize(frame: Frame, original: Size): Size {
  const { width, height } = wholeSize(frame);
  if (frame.resize === 'stretch') return { width, height };
  const wider = original.width * height > original.height * width;
  // Covering, the longer side loses its fraction, as in what models are evaluated with (torchvision, transformers, timm).
  // sharp rounds it: of 500 x 375 pixels at 224, all were half a column off in the mean.
  if (frame.resize === 'cover') {
    return wider
      ? { width: Math.trunc((original.width * height) / original.height), height }
      : { width, height: Math.trunc((original.height * width) / original.width) };
  }
  return wider
    ? { width, height: Math.max(1, Math.round((original.height * width) / original.width)) }
    : { width: Math.max(1, Math.round((original.width * height) / original.height)), height };
}

/** Whether a side becomes larger. */
export function isEnlarged(frame: Frame, original: Size): boolean {
  const { width, height } = scaledSize(frame, original);
  return width > original.width || height > original.height;
}

/** The same, as far as it can be told of a picture that may have to be turned. */
export function mayBeEnlarged(frame: Frame, { width, height }: Size): boolean {
  const whole = wholeSize(frame);
  return Math.min(width, height) < Math.max(whole.width, whole.height);
}

/** Before a picture is inverted: what is padded is 0 after it. */
export function paddingOf({ invert }: Pick<Frame, 'invert'>): number {
  return invert ? 255 : 0;
}

/** A part of a picture. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/** Where the frame lies over the resized picture: it sticks out, before 0 or behind its sides, where there is padding. */
export function windowOf(frame: Frame, scaled: Size): Window {
  const whole = frame.resize === 'contain' ? wholeSize(frame) : scaled;
  // Half a pixel more is cut on the right.
  const begin = (side: 'width' | 'height') =>
    Math.floor((whole[side] - frame[side]) / 2) - Math.floor((whole[side] - scaled[side]) / 2);
  return { left: begin('width'), top: begin('height'), width: frame.width, height: frame.height };
}

/** The part of a window that a picture of some size fills. */
export function filledPart({ left, top, width, height }: Window, size: Size): Window {
  const [right, bottom] = [Math.min(size.width, left + width), Math.min(size.height, top + height)];
  const [x, y] = [Math.max(0, left), Math.max(0, top)];
  return { left: x, top: y, width: right - x, height: bottom - y };
}

/** What fills a part of a window, with padding around it. @param value of the padding */
export function padded({ data, channels }: Pixels, part: Window, window: Window, value: number): Pixels {
  const { width, height } = window;
  if (part.width === width && part.height === height) return { data, channels, width, height };
  const result = new Uint8Array(width * height * channels).fill(value);
  for (let y = 0; y < part.height; y++) {
    const row = data.subarray(y * part.width * channels, (y + 1) * part.width * channels);
    result.set(row, ((y + part.top - window.top) * width + part.left - window.left) * channels);
  }
  return { data: result, channels, width, height };
}
