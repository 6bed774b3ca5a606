import { describe, expect, it } from 'vitest';
import { chooseInput, type PictureChoices } from '../../../scripts/import/choose-input.ts';
import type { ModelFacts } from '../../../scripts/import/facts/model-facts.ts';

const photo: ModelFacts = {
  inputs: [{ name: 'x', shape: [null, 224, 224, 3], integers: false }],
  outputs: [{ name: 'y', shape: [null, 5] }],
  picture: { height: 224, width: 224, channels: 3 },
  activation: 'softmax',
};
const grey: ModelFacts = { ...photo, picture: { height: 28, width: 28, channels: 1 } };
const open: ModelFacts = { ...photo, picture: { height: null, width: null, channels: 3 } };
const table: ModelFacts = {
  inputs: [{ name: 'x', shape: [null, 4], integers: false }],
  outputs: photo.outputs,
  activation: 'softmax',
};

const choose = (facts: ModelFacts, choices: PictureChoices = {}, hints?: Parameters<typeof chooseInput>[2]) =>
  chooseInput(facts, choices, hints, undefined);

describe('chooseInput', () => {
  it('takes 0..1 and says how to change it where nothing is known', () => {
    const { input, notes } = choose(photo);
    expect(input).toMatchObject({
      kind: 'picture',
      colour: 'rgb',
      resize: 'stretch',
      crop: 1,
      preprocess: { offset: [0, 0, 0] },
    });
    expect(notes.join(' ')).toContain('--preprocess tf');
  });

  it('prepares pictures for a published network as its makers do, unless it is told otherwise', () => {
    const application = { title: 'VGG', preprocess: 'caffe', whole: true } as const;
    const { input, notes } = choose({ ...photo, application });
    expect(input).toMatchObject({ colour: 'bgr', preprocess: { offset: [-103.939, -116.779, -123.68] } });
    expect(input).toMatchObject({ resize: 'cover', crop: 0.875 });
    expect(notes.join(' ')).toContain('it is VGG of keras.applications');
    expect(choose({ ...photo, application }, { preprocess: 'unit' }).input).toMatchObject({ colour: 'rgb' });
    const own = { takes: 'bytes', reason: 'its Rescaling layer' } as const;
    expect(choose({ ...photo, application, own }).input).toMatchObject({ preprocess: { scale: [1, 1, 1] } });
  });

  it('doubts what a network was trained further on, and names what its makers do', () => {
    const application = { title: 'VGG', preprocess: 'caffe', whole: false } as const;
    const { input, notes } = choose({ ...photo, application });
    expect(input).toMatchObject({ colour: 'rgb', crop: 1, preprocess: { offset: [0, 0, 0] } });
    expect(notes.join(' ')).toMatch(/built on VGG of keras.applications: .* --preprocess caffe/);
  });

  it("guesses what PyTorch's networks of a thousand classes take, and says that it is a guess", () => {
    const thousand = { ...photo, outputs: [{ name: 'y', shape: [null, 1000] }], pytorch: true };
    const { input, notes } = choose(thousand);
    expect(input).toMatchObject({
      colour: 'rgb',
      preprocess: { scale: [1 / (255 * 0.229), expect.any(Number), expect.any(Number)] },
    });
    expect(notes.join(' ')).toContain('If its answers make no sense');
    expect(choose({ ...photo, pytorch: true }).input).toMatchObject({ preprocess: { offset: [0, 0, 0] } });
  });

  it('does not warn of grey pictures, which are 0..1', () => {
    const { input, notes } = choose(grey);
    expect(input).toMatchObject({ colour: 'grey', channels: 1, preprocess: { scale: [1 / 255] } });
    expect(notes.join(' ')).not.toContain('If its answers');
  });

  it('leaves bytes as they are for a model that scales them itself', () => {
    const { input, notes } = choose({ ...photo, own: { takes: 'bytes', reason: 'its Rescaling layer' } });
    expect(input).toMatchObject({ preprocess: { scale: [1, 1, 1], offset: [0, 0, 0] } });
    expect(notes[0]).toContain('its Rescaling layer');
  });

  it("follows the file's hints, and the user before them", () => {
    const hints = { preprocess: 'teachable-machine', resize: 'cover', reason: 'metadata.json' } as const;
    expect(choose(photo, {}, hints).input).toMatchObject({
      resize: 'cover',
      kernel: 'canvas',
      preprocess: { scale: [1 / 127, 1 / 127, 1 / 127], offset: [-1, -1, -1] },
    });
    expect(choose(photo, { resize: 'contain', preprocess: 'unit' }, hints).input).toMatchObject({
      resize: 'contain',
      preprocess: { offset: [0, 0, 0] },
    });
  });

  it("takes size, crop, kernel and colour from the file's hints, where nobody says otherwise", () => {
    const normalization = { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] };
    const frame = { size: { height: 192, width: 160 }, resize: 'cover', crop: 0.75 } as const;
    const hints = { ...frame, normalization, kernel: 'cubic', colour: 'bgr', reason: 'a file' } as const;
    const { input, notes } = choose(open, {}, hints);
    expect(input).toMatchObject({ height: 192, width: 160, crop: 0.75, kernel: 'cubic', colour: 'bgr' });
    expect(notes[0]).toContain('pixels (x - 127.5) / 127.5: a file');
    // The share that is kept goes with the resizing that it was told with.
    expect(choose(open, { resize: 'stretch' }, hints).input).toMatchObject({ resize: 'stretch', crop: 1 });
    const said = { size: { height: 96, width: 96 }, kernel: 'linear', colour: 'rgb' } as const;
    expect(choose(open, said, hints).input).toMatchObject({ height: 96, kernel: 'linear', colour: 'rgb' });
    expect(choose(photo, {}, hints).input).toMatchObject({ height: 224 });
  });

  it('draws on a canvas where nothing is padded', () => {
    const choices = { kernel: 'canvas', resize: 'contain' } as const;
    expect(() => choose(photo, choices)).toThrow(expect.objectContaining({ code: 'option-mismatch' }));
    expect(choose(photo, { kernel: 'canvas' }).input).toMatchObject({ kernel: 'canvas', resize: 'stretch' });
  });

  it("prepares pictures for ImageNet's classes as the benchmark does", () => {
    expect(choose(photo, { imagenet: true }).input).toMatchObject({ resize: 'cover', crop: 0.875 });
    expect(choose(photo, { imagenet: true, resize: 'stretch' }).input).toMatchObject({ resize: 'stretch', crop: 1 });
    expect(choose(photo, { crop: 0.9 }).input).toMatchObject({ resize: 'cover', crop: 0.9 });
  });

  it.each([
    ['--preprocess none', photo, { preprocess: 'none' }],
    ['no picture', table, {}],
    ['--size 224', open, {}],
    ['2 inputs', { ...photo, inputs: [...photo.inputs, ...table.inputs] }, {}],
    ['no list of classes', { ...photo, outputs: [{ name: 'y', shape: [null, 7, 7, 4] }] }, {}],
  ] as const)('takes tensors and says why: %s', (reason, facts, choices) => {
    const { input, notes } = choose(facts as ModelFacts, choices);
    expect(input).toEqual({ kind: 'tensors' });
    expect(notes[0]).toContain(reason);
  });

  it('takes a size that the model leaves open, and no other than the one it fixes', () => {
    expect(choose(open, { size: { width: 320, height: 240 } }).input).toMatchObject({ width: 320, height: 240 });
    expect(() => choose(photo, { size: { width: 320, height: 240 } })).toThrow(
      expect.objectContaining({ code: 'option-mismatch' }),
    );
  });

  it('refuses options of pictures for what is none, and colours that do not fit', () => {
    expect(() => choose(table, { resize: 'cover' })).toThrow(/--resize/);
    expect(() => choose(grey, { colour: 'bgr' })).toThrow(expect.objectContaining({ code: 'option-mismatch' }));
  });
});
