import type { Dataset, PictureDataset, TableDataset } from '#datasets';
import { type Constant, doubts, isAhead, type TestScore } from '#evaluate';

/** How good a model is, beside one answer to everything. */
export interface Judgement {
  /** On the test split. */
  readonly after: Record<string, number>;
  /** Of the test split too; its verdict is that of all samples that were looked at. */
  readonly constant: Constant;
  /** In words, where the model is not seen to be better. */
  readonly doubt: string | undefined;
}

/**
 * Judges by the test split. Where that is too small or of one class, the validation split is looked at as well: a model that
 * is not ahead even with the samples by which its epoch was chosen has learnt nothing.
 * @param score scores the model on the test split of what it is given
 */
export async function judge(dataset: Dataset, score: (dataset: Dataset) => Promise<TestScore>): Promise<Judgement> {
  const { metrics: after, constant } = await score(dataset);
  const unit = dataset.kind === 'table' ? dataset.target.unit : '';
  const what = dataset.kind === 'table' ? 'rows' : 'pictures';
  const told = (metrics: Record<string, number>, split: string, compared: Constant) =>
    doubts(compared, { metrics, samples: `${metrics.count?.toLocaleString('en')} ${split} ${what}`, unit });
  if (constant.verdict !== 'unclear') return { after, constant, doubt: told(after, 'test', constant) };
  const both = await score(withValidation(dataset));
  // Nothing is ahead of always answering the only class that there is.
  const ofOneClass = 'accuracy' in both.constant && both.constant.accuracy === 1;
  if (ofOneClass || isAhead(both.constant, both.metrics))
    return { after, constant, doubt: told(after, 'test', constant) };
  const verdict = 'not-better';
  const doubt = told(both.metrics, 'test and validation', { ...both.constant, verdict });
  return { after, constant: { ...constant, verdict }, doubt };
}

/** The same with the validation split in its test split. */
function withValidation(dataset: Dataset): Dataset {
  return dataset.kind === 'table' ? tableWithValidation(dataset) : picturesWithValidation(dataset);
}

function tableWithValidation(dataset: TableDataset): TableDataset {
  const { test, validation } = dataset.splits;
  const both = {
    count: test.count + validation.count,
    features: joined(Float32Array, test.features, validation.features),
    target: joined(Float32Array, test.target, validation.target),
  };
  return { ...dataset, splits: { ...dataset.splits, test: both } };
}

function picturesWithValidation(dataset: PictureDataset): PictureDataset {
  const { test, validation } = dataset.splits;
  const both = {
    count: test.count + validation.count,
    pixels: joined(Uint8Array, test.pixels, validation.pixels),
    classes: joined(Int32Array, test.classes, validation.classes),
  };
  return { ...dataset, splits: { ...dataset.splits, test: both } };
}

function joined<T extends { set(values: ArrayLike<number>, at?: number): void }>(
  type: new (length: number) => T,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): T {
  const both = new type(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
