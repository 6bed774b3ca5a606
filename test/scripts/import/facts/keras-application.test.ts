import { describe, expect, it } from 'vitest';
import { APPLICATIONS, kerasApplication } from '../../../../scripts/import/facts/keras-application.ts';

/** Layers that Keras 3.15's applications have, and Keras 2.2's ResNet; which of them is told by them is the title. */
const LAYERS: Record<string, string[]> = {
  VGG: ['block1_conv1', 'block5_conv3', 'predictions'],
  ResNet: ['conv1_pad', 'conv5_block3_2_bn', 'conv5_block3_3_bn', 'conv5_block3_out', 'predictions'],
  'ResNet V2': ['conv5_block3_preact_bn', 'conv5_block3_2_bn', 'conv5_block3_3_conv', 'post_bn'],
  MobileNet: ['conv1', 'conv_dw_13', 'conv_pw_13', 'conv_preds'],
  'MobileNet V2': ['Conv1', 'expanded_conv_depthwise', 'block_16_project', 'Conv_1'],
  'Inception V3': ['conv2d_93', 'mixed9_1', 'mixed10', 'predictions'],
  'Inception-ResNet V2': ['mixed_7a', 'block8_10', 'conv_7b', 'conv_7b_bn'],
  Xception: ['block13_pool', 'block14_sepconv1', 'block14_sepconv2'],
  NASNet: ['stem_conv1', 'normal_concat_0', 'normal_concat_18'],
  DenseNet: ['conv5_block16_concat', 'bn', 'predictions'],
};
const outputs = [{ name: 'y', shape: [null, 1000] }];

describe('kerasApplication', () => {
  it.each(APPLICATIONS.map(({ title }) => title))('knows %s by its layers', (title) => {
    const found = kerasApplication(LAYERS[title] ?? [], outputs);
    expect(found).toMatchObject({ title, whole: true });
  });

  it('knows the layers of Keras 2.2', () => {
    expect(kerasApplication(['res5c_branch2c', 'bn5c_branch2c'], outputs)).toMatchObject({ title: 'ResNet' });
  });

  it('knows a layer within a model, and what converters make of its name', () => {
    for (const name of [
      'mobilenetv2_1.00_224/block_16_project',
      'StatefulPartitionedCall/mobilenetv2_1.00_224/block_16_project/Conv2D',
      'mobilenetv2_1.00_224_1/block_16_project_1/convolution',
      'model/block_16_project/Conv2D;model/block_16_project_BN/FusedBatchNormV3',
    ])
      expect(kerasApplication([name], outputs)?.title).toBe('MobileNet V2');
  });

  it('knows a ResNet of which a converter folded the normalization away', () => {
    const layer = 'conv5_block3_3_conv_1/convolution';
    expect(kerasApplication([`resnet50_1/${layer}`], outputs)?.title).toBe('ResNet');
    expect(kerasApplication([`resnet50v2_1/${layer}`], outputs)).toBeUndefined();
  });

  it('is whole with one output of a thousand numbers alone', () => {
    for (const shapes of [
      [[null, 3]],
      [[null, 7, 7, 1280]],
      [
        [null, 1000],
        [null, 1000],
      ],
    ]) {
      const others = shapes.map((shape) => ({ name: 'y', shape }));
      expect(kerasApplication(['block5_conv3'], others)).toMatchObject({ whole: false });
    }
  });

  it('knows nothing of other networks', () => {
    expect(kerasApplication(['conv2d', 'block_1', 'dense'], outputs)).toBeUndefined();
  });
});
