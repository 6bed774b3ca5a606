import type { Dataset } from '#datasets';
import type { Constant } from '#evaluate';
import { formatShare } from '#terminal';
import type { Architecture } from './architectures/index.ts';
import type { EpochResult, TrainingSettings } from './train.ts';

export interface Trained {
  readonly dataset: Dataset;
  readonly architecture: Architecture;
  readonly settings: TrainingSettings;
  readonly history: readonly EpochResult[];
  readonly bestEpoch: number;
  readonly constant: Constant;
}

/** A learning rate so many times the architecture's own runs away; one so many times smaller goes nowhere. */
const FAR = 5;
/** Pictures of one class (rows of a table) below which most trainings learn by heart, if anything. */
const FEW = { pictures: 30, table: 100 } as const;
/** A class with this share of all pictures leaves nothing to gain. */
const NEARLY_ALL = 0.9;

/** Why a training may have learnt nothing, the likeliest first; at most two, each with what to try. */
export function likelyReasons(trained: Trained): string[] {
  return CAUSES.map((cause) => cause(trained))
    .filter((reason) => reason !== undefined)
    .slice(0, 2);
}

const CAUSES: readonly ((trained: Trained) => string | undefined)[] = [
  ({ history, settings: { learningRate }, architecture: { defaults } }) => {
    const [first, last] = [history[0], history.at(-1)];
    const usual = `The learning rate is ${learningRate}, and usually ${defaults.learningRate}: try`;
    if (learningRate > FAR * defaults.learningRate) return `${usual} a lower --learning-rate.`;
    if (learningRate * FAR < defaults.learningRate) return `${usual} a higher --learning-rate.`;
    if (!first || !last || last.loss <= first.loss) return undefined;
    const grew = `The loss grew from ${first.loss.toPrecision(3)} to ${last.loss.toPrecision(3)}`;
    return `${grew}: try --learning-rate ${learningRate / 10}.`;
  },
  ({ dataset }) => {
    const counts = countsOf(dataset);
    if (counts.length < 2) return undefined;
    const most = counts.reduce((a, b) => (b.count > a.count ? b : a));
    const share = most.count / dataset.splits.train.count;
    if (share < NEARLY_ALL) return undefined;
    return `${formatShare(share)} of what it learns from is ${JSON.stringify(most.label)}: add pictures of the others.`;
  },
  ({ dataset }) => {
    const { label, count } = countsOf(dataset).reduce((a, b) => (b.count < a.count ? b : a));
    if (count >= FEW[dataset.kind]) return undefined;
    const what = dataset.kind === 'pictures' ? `pictures of ${JSON.stringify(label)}` : 'rows';
    return `There are only ${count} ${what} to learn from: add more.`;
  },
  ({ history, settings: { epochs }, architecture: { defaults } }) =>
    history.length === epochs && epochs < defaults.epochs / 2
      ? `It had ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, where ${defaults.epochs} are usual: try more --epochs.`
      : undefined,
  ({ history, bestEpoch, constant }) => {
    const measure = history[bestEpoch - 1]?.measure;
    if (measure === undefined || !('accuracy' in constant) || measure < (1 + constant.accuracy) / 2) return undefined;
    return `It knows ${formatShare(measure)} of what it learnt from and not what it has not seen: add pictures that differ more.`;
  },
  ({ dataset }) =>
    dataset.kind === 'pictures'
      ? 'The pictures may not show what tells the classes apart, or lie in the wrong folders.'
      : `The columns may not tell the ${dataset.target.name}.`,
];

/** What there is to learn from: pictures of each class, or rows. */
function countsOf(dataset: Dataset): { label: string; count: number }[] {
  if (dataset.kind === 'table') return [{ label: '', count: dataset.splits.train.count }];
  const { classes } = dataset.splits.train;
  return dataset.labels.map((label, index) => ({ label, count: classes.filter((one) => one === index).length }));
}
