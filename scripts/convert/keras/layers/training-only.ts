import * as z from 'zod';
import { defineLayer, type LayerDefinition, single } from '../layer.ts';

/** A layer that does something to what it is given only while a model is trained: left out of a frozen one. */
function trainingOnly(className: string, summary: string): LayerDefinition {
  return defineLayer({
    className,
    summary,
    keeps: () => 'numbers',
    config: z.object({}),
    emit: (_context, _config, inputs) => single(inputs),
    trainingOnly: true,
    actsInTraining: true,
  });
}

const SUMMARIES = {
  AddLoss: 'What `model.add_loss` leaves in a model of Keras 2: it passes its input on.',
  AddMetric: 'What `model.add_metric` leaves in a model of Keras 2: it passes its input on.',
  ActivityRegularization: 'A penalty on what passes, added to the loss.',
  AlphaDropout: 'Dropout that keeps mean and variance, for SELU.',
  AugMix: 'Pictures mixed with augmented ones.',
  CutMix: 'Parts of pictures put into others.',
  Equalization: 'Histograms made even: in Keras only while training, whatever its name promises.',
  GaussianDropout: 'Random factors around 1.',
  GaussianNoise: 'Random numbers added.',
  MaxNumBoundingBoxes: 'Changes bounding boxes alone, never pictures.',
  MixUp: 'Pictures mixed with each other.',
  RandAugment: 'Random augmentations in a row.',
  RandomBrightness: 'Random brightness.',
  RandomColorDegeneration: 'Colours made paler at random.',
  RandomColorJitter: 'Random brightness, contrast, saturation and hue.',
  RandomContrast: 'Random contrast.',
  RandomElasticTransform: 'Random local displacements.',
  RandomErasing: 'Random parts filled.',
  RandomFlip: 'Random flips.',
  RandomGaussianBlur: 'Random blur.',
  RandomGrayscale: 'Colours taken away at random.',
  RandomHeight: 'Random heights (Keras 2).',
  RandomHue: 'Random hues.',
  RandomInvert: 'Random negatives.',
  RandomPerspective: 'Random perspectives.',
  RandomPosterization: 'Random numbers of bits.',
  RandomRotation: 'Random rotations.',
  RandomSaturation: 'Random saturation.',
  RandomSharpness: 'Random sharpness.',
  RandomShear: 'Random shears.',
  RandomTranslation: 'Random shifts.',
  RandomWidth: 'Random widths (Keras 2).',
  RandomZoom: 'Random zooms.',
  Solarization: 'Bright values inverted at random.',
  SpatialDropout1D: 'Dropout of whole channels of sequences.',
  SpatialDropout2D: 'Dropout of whole channels of pictures.',
  SpatialDropout3D: 'Dropout of whole channels of volumes.',
  StochasticDepth: "Residual paths left out at random: the layer of `keras.applications`' ConvNeXt.",
};

/** Layers that a frozen model does not hold. */
export const TRAINING_ONLY_LAYERS: readonly LayerDefinition[] = [
  {
    ...trainingOnly('Dropout', 'Random zeros while training; nothing at all in a frozen model.'),
    config: z.object({ rate: z.number().min(0).max(1) }),
    mask: 'keep',
  },
  ...Object.entries(SUMMARIES).map(([className, summary]) => trainingOnly(className, summary)),
];
