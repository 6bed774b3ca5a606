import { describe, expect, it } from 'vitest';
import { splitsOf, type TopFolder } from '../../../../scripts/datasets/folder/splits.ts';

/** `train: a b` holds those folders, `train` holds pictures. */
const folder = (text: string): TopFolder => {
  const [name = '', inside] = text.split(':');
  const folders = inside?.trim().split(' ') ?? [];
  return { name, folders, pictures: folders.length === 0 };
};
const read = (folders: string[]) => {
  const splits = splitsOf(folders.map(folder));
  return splits && Object.fromEntries(splits);
};

describe('splitsOf', () => {
  it.each([
    ['train', 'valid', 'test'],
    ['Train', 'Val', 'Test'],
    ['TRAIN', 'VALIDATION', 'TEST'],
    ['training', 'validation', 'testing'],
    ['training_set', 'validation_set', 'test_set'],
    ['Training Images', 'Validation Images', 'Test Images'],
    ['trainset', 'valset', 'testset'],
    ['TrainData', 'ValData', 'TestData'],
    ['train2017', 'val2017', 'test2017'],
    ['01-train', '02-dev', '03-holdout'],
  ])('reads %s, %s, %s', (train, validation, test) => {
    const layout = [train, validation, test].map((name) => `${name}: cat dog`);
    expect(read(layout)).toEqual({ [train]: 'train', [validation]: 'validation', [test]: 'test' });
    expect(read(layout.slice(0, 2))).toEqual({ [train]: 'train', [validation]: 'validation' });
  });

  it.each([
    ['a class called train', ['train', 'tram', 'bus']],
    ['a class called test with folders of its own', ['test: 2023 2024', 'exam: spring autumn']],
    ['two of them among others, all of pictures', ['bus', 'test', 'train', 'tram']],
    ['classes whose names hold such words', ['test_tube', 'train_station', 'valid_ticket']],
    ['kinds of the same thing', ['freight_train', 'passenger_train']],
    ['valid and invalid', ['valid', 'invalid']],
    ['names of objects', ['constructor', 'toString']],
    ['classes with the same folders', ['cat: indoor outdoor', 'dog: indoor outdoor']],
  ])('takes for classes: %s', (_, layout) => {
    expect(read(layout)).toBeUndefined();
  });

  it.each([
    ['a further folder', ['train: a b', 'valid: a b', 'extra: a b']],
    ['a further folder of pictures', ['train: a b', 'test: a b', 'unlabelled']],
    ['a further folder beside train alone', ['train: a b', 'extra: a b']],
    ['pictures beside train alone', ['train: a b', 'pred']],
    ['no train', ['valid: a b', 'test: a b']],
    ['two folders of one split', ['train: a b', 'training: a b', 'test: a b']],
    ['splits with a prefix', ['seg_train: a b', 'seg_test: a b', 'seg_pred']],
    ['splits of each class', ['cat_train', 'cat_test', 'dog_train', 'dog_test']],
    ['CycleGAN', ['trainA', 'trainB', 'testA', 'testB']],
  ])('refuses %s', (_, layout) => {
    expect(() => read(layout)).toThrow(
      expect.objectContaining({ code: 'dataset-unusable', message: expect.stringContaining('but received') }),
    );
  });
});
