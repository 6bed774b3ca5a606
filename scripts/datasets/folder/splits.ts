import { expected, FreezeframeError } from '@freezeframe/inference';
import type { SplitName } from '../dataset.ts';

/** A folder directly in the data set, and what lies directly inside it. */
export interface TopFolder {
  readonly name: string;
  /** Names of its subfolders. */
  readonly folders: readonly string[];
  /** Whether pictures lie in it, beside its subfolders. */
  readonly pictures: boolean;
}

/** As tools and tutorials call them: Roboflow exports `valid`, Kaggle has `training_set`, COCO `train2017`. */
const SPLIT_WORDS: Record<string, SplitName> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  validate: 'validation',
  validating: 'validation',
  valid: 'validation',
  val: 'validation',
  dev: 'validation',
  eval: 'validation',
  evaluation: 'validation',
  test: 'test',
  testing: 'test',
  holdout: 'test',
};

/** Words that say nothing more: `Test Images` is `test`. */
const FILLERS = new Set(
  'data dataset datasets set sets split splits folder image images img imgs photo photos picture pictures'.split(' '),
);

/** `trainset` and `testdata`, written as one word. */
const GLUED = /^(train|training|test|testing|val|valid|validation)(?:set|data|dataset|images|split)$/;

interface Named {
  readonly split: SplitName;
  /** What else the name says: of `seg_train` and of `trainA` it is `seg` and `a`; of `Train` nothing. */
  readonly rest: string;
}

/** What a folder's name says about splits, if it does: in any case, with `_`, `-`, spaces or numbers around it. */
function readName(name: string): Named | undefined {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .map((word) => GLUED.exec(word)?.[1] ?? word)
    .filter((word) => word !== '' && !FILLERS.has(word));
  const at = words.findIndex((word) => Object.hasOwn(SPLIT_WORDS, word));
  if (at < 0) return undefined;
  return { split: SPLIT_WORDS[words[at] as string] as SplitName, rest: words.toSpliced(at, 1).join(' ') };
}

/**
 * Which split each folder is, or undefined where the folders are classes. `train` may be a class too, of vehicles: its
 * neighbours and what lies inside decide.
 * @throws FreezeframeError `dataset-unusable` where folders are named as splits and do not make a split layout: taken as
 * classes they would give a model that answers `train`
 */
export function splitsOf(folders: readonly TopFolder[]): Map<string, SplitName> | undefined {
  const named = folders.flatMap((folder) => {
    const read = readName(folder.name);
    return read ? [{ ...folder, ...read }] : [];
  });
  const plain = named.filter(({ rest }) => rest === '');
  const splits = new Map(plain.map(({ name, split }) => [name, split]));
  const different = new Set(splits.values());
  const all = plain.length === folders.length && different.has('train');
  if (all && different.size === plain.length) return splits;
  const misleading =
    all ||
    named.some((one) => named.some((other) => areCounterparts(one, other) && !amongClasses(one, other, folders))) ||
    plain.some((one) => folders.some((other) => holdsTheClasses(one, other)));
  if (!misleading) return undefined;
  throw new FreezeframeError(
    'dataset-unusable',
    expected(
      'class folders, or train/, validation/ and test/ with nothing beside them',
      'the data set',
      folders.map(told),
    ),
    {
      remedy: different.has('train')
        ? 'Move the folders that are no split elsewhere, keep one for each split, and rename a class that is called as a split is.'
        : 'Call the folder to learn from train/, or give the folder that holds the class folders.',
      details: { folders: folders.map(({ name }) => name) },
    },
  );
}

/** `train` and `test`, or `seg_train` and `seg_test`: the same but for the split. */
function areCounterparts(one: Named, other: Named): boolean {
  return one.rest === other.rest && one.split !== other.split;
}

/** Splits hold class folders. Where pictures lie in every folder, and in two more at least, those are all classes. */
function amongClasses(one: Named, other: Named, folders: readonly TopFolder[]): boolean {
  const plain = one.rest === '' && other.rest === '';
  return plain && folders.length >= 4 && folders.every((folder) => folder.pictures && folder.folders.length === 0);
}

/** Whether a folder that is called as a split holds class folders: those of another one, or in place of pictures. */
function holdsTheClasses(split: TopFolder, other: TopFolder): boolean {
  if (split.name === other.name) return false;
  if (split.folders.some((name) => other.folders.includes(name))) return true;
  return split.folders.length > 1 && !split.pictures && other.folders.length === 0;
}

function told({ name, folders, pictures }: TopFolder): string {
  const more = folders.length > 4 ? ', …' : '';
  const inside = folders.length > 0 ? folders.slice(0, 4).join(', ') + more : pictures ? 'pictures' : 'empty';
  return `${name}/ (${inside})`;
}
