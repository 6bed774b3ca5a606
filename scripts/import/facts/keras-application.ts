import type { PreprocessName } from '../preprocessing.ts';
import { IMAGENET_CLASSES, type ModelFacts, outputWidth } from './model-facts.ts';

interface Application {
  /** As Keras's documentation has it. */
  readonly title: string;
  /** What its own `preprocess_input` does. */
  readonly preprocess: PreprocessName;
  /** A layer that this family alone has, in its last block. Of ResNet the older name too, and the model's: converters fold that layer away. */
  readonly layer: RegExp;
}

/**
 * The families of `keras.applications` whose pictures are prepared outside of the model. All others have a layer for it,
 * which is seen.
 */
export const APPLICATIONS: readonly Application[] = [
  { title: 'VGG', preprocess: 'caffe', layer: /^block5_conv3$/ },
  { title: 'ResNet', preprocess: 'caffe', layer: /^(conv5_block3_3_bn|bn5c_branch2c|resnet(50|101|152))$/ },
  { title: 'ResNet V2', preprocess: 'tf', layer: /^conv5_block3_preact_bn$/ },
  { title: 'MobileNet', preprocess: 'tf', layer: /^conv_pw_13$/ },
  { title: 'MobileNet V2', preprocess: 'tf', layer: /^block_16_project$/ },
  { title: 'Inception V3', preprocess: 'tf', layer: /^mixed10$/ },
  { title: 'Inception-ResNet V2', preprocess: 'tf', layer: /^conv_7b$/ },
  { title: 'Xception', preprocess: 'tf', layer: /^block14_sepconv2$/ },
  { title: 'NASNet', preprocess: 'tf', layer: /^normal_concat_\d+$/ },
  { title: 'DenseNet', preprocess: 'torch', layer: /^conv5_block16_concat$/ },
];

export interface FoundApplication extends Pick<Application, 'title' | 'preprocess'> {
  /** With the thousand classes that it was published with. Otherwise it was trained further, on pictures of anybody's. */
  readonly whole: boolean;
}

/** Keras 3 numbers the layers of a model that is converted: `block_16_project_1`. */
const NUMBERED = /_\d+$/;

/**
 * The published network that a model is, or that is a part of it.
 * @param names of its layers; converters put what a layer is in, or what it does, before or behind a slash, and join several
 */
export function kerasApplication(
  names: readonly string[],
  outputs: ModelFacts['outputs'],
): FoundApplication | undefined {
  const parts = new Set(names.flatMap((name) => name.split(/[/;:]/)));
  const layers = [...parts, ...Array.from(parts, (part) => part.replace(NUMBERED, ''))];
  const found = APPLICATIONS.find(({ layer }) => layers.some((name) => layer.test(name)));
  if (!found) return undefined;
  const whole = outputWidth({ outputs }) === IMAGENET_CLASSES;
  return { title: found.title, preprocess: found.preprocess, whole };
}
