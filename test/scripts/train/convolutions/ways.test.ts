import { describe, expect, it } from 'vitest';
import type { ConvolutionConfig, PoolingConfig } from '../../../../scripts/convert/index.ts';
import type { LayerDefinition } from '../../../../scripts/convert/keras/layer.ts';
import { findLayer } from '../../../../scripts/convert/keras/layers/index.ts';
import type { Value } from '../../../../scripts/onnx/graph.ts';
import { WAYS, wayOf } from '../../../../scripts/train/convolutions/index.ts';

const read = <C>(className: string, config: object) =>
  (findLayer(className) as LayerDefinition).config.parse(config) as C;
const conv = (config: object) => read<ConvolutionConfig>('Conv2D', { filters: 4, kernel_size: [3, 3], ...config });
const input = (channels: number): Value => ({
  name: 'x',
  shape: [null, 12, 12, channels],
  datatype: 'float32',
  layout: 'channels-last',
});

describe('the ways in which convolutions train', () => {
  it.each([
    ['rows, for eight channels or more', {}, 8, 0],
    ['rows, for so many taps that patches are too large', { kernel_size: [7, 7] }, 3, 0],
    ['pictures, for few channels', {}, 3, 1],
    ['pictures, for a window of one cell', { kernel_size: [1, 1] }, 16, 1],
    ['pictures, for a window that steps over cells', { strides: [2, 2] }, 16, 1],
    ['pictures, in groups', { groups: 2 }, 16, 1],
  ])('are %s', (_, config, channels, expected) => {
    const way = wayOf(WAYS.Conv2D, conv(config), input(channels), true);
    expect(WAYS.Conv2D.indexOf(way)).toBe(expected);
  });

  it.each([
    ['patches, for a first layer', 3, false, 0],
    ['rows, for eight channels or more', 16, true, 1],
    ['pictures, for a few channels behind another layer', 3, true, 2],
  ])('with a pool behind are planes of %s', (_, channels, needsInputGradient, expected) => {
    const config = { convolution: conv({}), pool: read<PoolingConfig>('MaxPooling2D', {}) };
    const ways = WAYS['Conv2D + MaxPooling2D'];
    expect(ways.indexOf(wayOf(ways, config, input(channels), needsInputGradient))).toBe(expected);
  });
});
