import { expected, type PictureInput } from '@freezeframe/inference';
import type { FreezeInput, Scaled } from '#frozen';
import { ImportError } from '#guards';
import type { PictureHints } from '#read';
import { IMAGENET_CLASSES, type ModelFacts, outputWidth, type PictureFacts, shapeWords } from './facts/model-facts.ts';
import { colourOf, type PreprocessName, preprocessOf, RECIPES } from './preprocessing.ts';

/** What the user says of pictures; all of it may be left to the file. */
export interface PictureChoices {
  readonly preprocess?: PreprocessName | undefined;
  readonly resize?: PictureInput['resize'] | undefined;
  readonly crop?: number | undefined;
  readonly kernel?: PictureInput['kernel'] | undefined;
  readonly colour?: PictureInput['colour'] | undefined;
  readonly invert?: boolean | undefined;
  /** Its classes are ImageNet's: pictures are prepared as that benchmark's are, unless something else is said. */
  readonly imagenet?: boolean | undefined;
  /** Of pictures whose size the model leaves open. */
  readonly size?: { readonly height: number; readonly width: number } | undefined;
}

export interface ChosenInput {
  readonly input: FreezeInput;
  /** One sentence each, for people: what was chosen and why. */
  readonly notes: readonly string[];
}

type TakenPicture = Extract<FreezeInput, { kind: 'picture' }>;

/**
 * Decides what the frozen graph takes: pictures, features in their own units, or the model's own tensors.
 * @param features names and scaling of a table's columns, where the user has given any.
 * @throws ImportError `option-mismatch`
 */
export function chooseInput(
  facts: ModelFacts,
  choices: PictureChoices,
  hints: PictureHints | undefined,
  features: readonly Scaled[] | undefined,
): ChosenInput {
  if (features) return { input: { kind: 'features', features }, notes: [] };
  const reason = whyTensors(facts, choices, hints);
  if (reason !== undefined) {
    const given = PICTURE_OPTIONS.filter((name) => choices[name] !== undefined && choices[name] !== 'none');
    if (given.length > 0) throw unfit(`--${given.join(', --')} cannot be kept: ${reason}`);
    return { input: { kind: 'tensors' }, notes: [`Takes tensors as the model does: ${reason}.`] };
  }
  return pictureInput(facts, facts.picture as PictureFacts, choices, hints);
}

const PICTURE_OPTIONS = ['preprocess', 'resize', 'crop', 'kernel', 'colour', 'invert', 'size'] as const;

/** Undefined where the model takes pictures. */
function whyTensors(facts: ModelFacts, choices: PictureChoices, hints?: PictureHints): string | undefined {
  const { inputs, picture } = facts;
  if (choices.preprocess === 'none') return '--preprocess none';
  if (inputs.length !== 1) return `it has ${inputs.length} inputs`;
  const shape = shapeWords(inputs[0]?.shape ?? []);
  if (!picture) return `its input ${shape} is no picture of 1 or 3 channels`;
  const asked = choices.preprocess !== undefined || hints !== undefined;
  if (!asked && outputWidth(facts) === undefined) return 'it answers no list of classes or numbers';
  if (!choices.size && !hints?.size && (picture.height === null || picture.width === null)) {
    return `it leaves the picture's size open (${shape}); --size 224 would fix it`;
  }
  return undefined;
}

function pictureInput(
  facts: ModelFacts,
  picture: PictureFacts,
  choices: PictureChoices,
  hints: PictureHints | undefined,
): ChosenInput {
  const { channels } = picture;
  const normalization = choices.preprocess === undefined ? hints?.normalization : undefined;
  const { name, reason, guessed } = normalization
    ? { name: 'unit' as const, reason: hints?.reason, guessed: undefined }
    : choosePreprocess(picture, choices, hints, facts);
  const colour = choices.colour ?? (channels === 3 ? hints?.colour : undefined) ?? colourOf(name, channels);
  if ((colour === 'grey') !== (channels === 1)) {
    throw unfit(
      expected(channels === 1 ? 'grey' : 'rgb or bgr', `--colour of a model of ${channels} channels`, colour),
    );
  }
  const imagenet = choices.imagenet || (facts.application?.whole ?? false);
  const frame = framing(name, { ...choices, imagenet }, hints);
  const input: TakenPicture = {
    kind: 'picture',
    height: side('height', picture, choices, hints),
    width: side('width', picture, choices, hints),
    channels,
    colour,
    ...frame,
    kernel: kernelOf(name, choices, frame.resize, hints),
    invert: choices.invert ?? false,
    preprocess: normalization ? normalized(normalization, channels) : preprocessOf(name, colour),
  };
  const middle = input.crop < 1 ? ` and cut to the middle ${input.crop}` : '';
  const summary = normalization
    ? `(x - ${shown(normalization.mean)}) / ${shown(normalization.deviation)}`
    : RECIPES[name].summary;
  const size = `${input.width} x ${input.height} ${colour}, resized by ${input.resize}${middle}`;
  const notes = [`Takes pictures, ${size}; pixels ${summary}: ${reason}.`];
  if (guessed) notes.push(doubt(facts));
  return { input, notes };
}

/** One number where all channels have the same. */
function shown(list: readonly number[]): string {
  const rounded = list.map((one) => Number(one.toPrecision(6)));
  return new Set(rounded).size === 1 ? String(rounded[0]) : `[${rounded.join(', ')}]`;
}

/** Nobody knows what was done to pictures before a model saw them: who trains a published network further may do as its makers. */
function doubt({ application }: ModelFacts): string {
  if (!application)
    return 'If its answers make no sense, say how its pictures were prepared: --preprocess tf (x / 127.5 - 1), torch, caffe or unit.';
  const { title, preprocess } = application;
  return `It is built on ${title} of keras.applications: if its pictures went through the preprocess_input of that, import it with --preprocess ${preprocess}.`;
}

/** Numbers for all channels are each channel's. @throws ImportError `option-mismatch` */
function normalized({ mean, deviation }: NonNullable<PictureHints['normalization']>, channels: 1 | 3) {
  if (mean.length !== 1 && mean.length !== channels)
    throw unfit(expected(`1 or ${channels} numbers`, 'the normalization in the metadata', mean.length));
  const at = (list: readonly number[], c: number) => (list.length === 1 ? list[0] : list[c]) as number;
  const all = Array.from({ length: channels }, (_, c) => c);
  return {
    scale: all.map((c) => 1 / at(deviation, c)),
    offset: all.map((c) => 0 - at(mean, c) / at(deviation, c)),
  };
}

/** Of a photograph of 500 x 375, the side 375 becomes 256 and the middle 224 x 224 is kept: how ImageNet is measured. */
const IMAGENET_CROP = 0.875;

function framing(
  name: PreprocessName,
  { resize, crop, imagenet }: PictureChoices,
  hints: PictureHints | undefined,
): { resize: PictureInput['resize']; crop: number } {
  if (imagenet && resize === undefined && hints?.resize === undefined) {
    return { resize: 'cover', crop: crop ?? IMAGENET_CROP };
  }
  // Who cuts out the middle does not want it stretched before.
  const usual = name === 'teachable-machine' || crop !== undefined ? 'cover' : 'stretch';
  // How much of a picture is kept goes with how it gets its size.
  const hinted = resize === undefined ? hints?.crop : undefined;
  return { resize: resize ?? hints?.resize ?? usual, crop: crop ?? hinted ?? 1 };
}

/** Teachable Machine trains and answers in a browser, on what its canvas makes of a picture. */
function kernelOf(
  name: PreprocessName,
  { kernel }: PictureChoices,
  resize: PictureInput['resize'],
  hints: PictureHints | undefined,
): PictureInput['kernel'] {
  if (kernel === 'canvas' && resize === 'contain')
    throw unfit(expected('stretch or cover', '--resize with --kernel canvas', resize));
  return kernel ?? hints?.kernel ?? (name === 'teachable-machine' && resize !== 'contain' ? 'canvas' : 'linear');
}

const PREPROCESS_OF = { bytes: 'none', unit: 'unit', signed: 'tf' } as const;

function choosePreprocess(
  { channels }: PictureFacts,
  choices: PictureChoices,
  hints: PictureHints | undefined,
  facts: ModelFacts,
): { name: PreprocessName; reason: string; guessed?: true } {
  if (choices.preprocess !== undefined)
    return { name: choices.preprocess, reason: `--preprocess ${choices.preprocess}` };
  if (hints?.preprocess !== undefined) return { name: hints.preprocess, reason: hints.reason };
  const { own, application, pytorch } = facts;
  if (own) return { name: PREPROCESS_OF[own.takes], reason: own.reason };
  if (application?.whole)
    return { name: application.preprocess, reason: `it is ${application.title} of keras.applications` };
  if (channels === 1) return { name: 'unit', reason: 'grey pictures are trained on as 0..1 almost always' };
  if (pytorch && outputWidth(facts) === IMAGENET_CLASSES) {
    const reason = "the file does not say, and PyTorch's networks of ImageNet's thousand classes take this";
    return { name: 'torch', reason, guessed: true };
  }
  return { name: 'unit', reason: 'the file does not say, and this is the most usual', guessed: true };
}

function side(
  which: 'height' | 'width',
  picture: PictureFacts,
  { size }: PictureChoices,
  hints: PictureHints | undefined,
): number {
  const own = picture[which];
  if (own !== null && size && size[which] !== own) {
    throw unfit(expected(String(own), `the ${which} of the pictures, which the model fixes,`, size[which]));
  }
  return own ?? ((size ?? hints?.size)?.[which] as number);
}

function unfit(message: string): ImportError {
  return new ImportError('option-mismatch', message, {
    remedy: 'Leave the option out to have it chosen by the file, or see: freezeframe import --help',
  });
}
