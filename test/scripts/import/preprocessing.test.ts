import { describe, expect, it } from 'vitest';
import { colourOf, type PreprocessName, preprocessOf } from '../../../scripts/import/preprocessing.ts';

function apply(name: PreprocessName, pixel: readonly number[], colour: 'rgb' | 'bgr' | 'grey'): number[] {
  const { scale, offset } = preprocessOf(name, colour);
  return pixel.map((byte, c) => byte * (scale[c] as number) + (offset[c] as number));
}

const close = (received: readonly number[], wanted: readonly number[]) => {
  for (const [i, value] of wanted.entries()) expect(received[i]).toBeCloseTo(value, 5);
};

describe('preprocessOf', () => {
  // Answers of keras.applications.imagenet_utils.preprocess_input (Keras 3.15.1) to the pixel red 10, green 128, blue 250.
  it.each([
    ['tf', [-0.9215686, 0.003921628, 0.9607843]],
    ['torch', [-1.9466565, 0.20518207, 2.5528543]],
  ] as const)('%s is what Keras does', (name, wanted) => close(apply(name, [10, 128, 250], 'rgb'), wanted));

  it('caffe turns the channels round and takes the mean off, as Keras does', () => {
    expect(colourOf('caffe', 3)).toBe('bgr');
    close(apply('caffe', [250, 128, 10], 'bgr'), [146.061, 11.221001, -113.68]);
  });

  it('keeps each channel its own constants where the user turns them round', () => {
    const [rgb, bgr] = [preprocessOf('torch', 'rgb'), preprocessOf('torch', 'bgr')];
    expect([...bgr.scale].reverse()).toEqual(rgb.scale);
    expect([...bgr.offset].reverse()).toEqual(rgb.offset);
  });

  it('has one number for grey where the constants allow it, and refuses where not', () => {
    expect(colourOf('caffe', 1)).toBe('grey');
    expect(preprocessOf('unit', 'grey')).toEqual({ scale: [1 / 255], offset: [0] });
    expect(() => preprocessOf('torch', 'grey')).toThrow(expect.objectContaining({ code: 'option-mismatch' }));
  });

  it("is that of Teachable Machine's library, a bit beyond 1", () =>
    close(apply('teachable-machine', [0, 127, 254], 'rgb'), [-1, 0, 1]));
});
