import { type Dataset, type Skipped, SPLITS, type SplitName } from './dataset.ts';
import { leftOutInWords } from './left-out.ts';

/** What is in a data set, without its numbers: one JSON line of `freezeframe dataset --json`. */
export interface Description {
  name: string;
  kind: Dataset['kind'];
  digest: string;
  splits: Record<SplitName, number>;
  /** Pictures: per label, how many are in each split. */
  labels?: Record<string, Record<SplitName, number>>;
  /** Tables. */
  features?: { name: string; min: number; max: number }[];
  target?: { name: string; unit: string; min: number; max: number };
  /** Of tables: how numbers were read that are not written as programs write them. Of pictures: what may be odd about the labels. */
  notes?: readonly string[];
  skipped: Skipped[];
}

const SHOWN = 20;

/** Whoever has twenty photographs would think that two of them are the whole test. */
const PARTS = [
  '  These parts are those of a training from scratch. A head on a pretrained network learns from all but a folder test/, and is',
  '  tested by cross-validation.',
];

export function describeDataset(dataset: Dataset): Description {
  const { name, kind, digest, skipped } = dataset;
  const count = (split: SplitName) => dataset.splits[split].count;
  const splits = { train: count('train'), validation: count('validation'), test: count('test') };
  if (dataset.kind === 'table')
    return {
      name,
      kind,
      digest,
      splits,
      features: dataset.features,
      target: dataset.target,
      notes: dataset.notes,
      skipped,
    };
  const labels = dataset.labels.map((label, index) => {
    const of = (split: SplitName) => dataset.splits[split].classes.reduce((sum, one) => sum + Number(one === index), 0);
    return [label, { train: of('train'), validation: of('validation'), test: of('test') }] as const;
  });
  const { notes = [] } = dataset;
  const said = notes.length > 0 ? { notes } : {};
  return { name, kind, digest, splits, labels: Object.fromEntries(labels), ...said, skipped };
}

export function describeInWords({ name, kind, splits, labels, features, target, notes, skipped }: Description): string {
  const counts = (of: Record<SplitName, number>) => SPLITS.map((split) => `${of[split]} ${split}`).join(', ');
  const lines = [`${name}: ${kind === 'pictures' ? 'pictures' : 'rows'} ${counts(splits)}`];
  for (const [label, of] of Object.entries(labels ?? {})) lines.push(`  ${label}: ${counts(of)}`);
  if (kind === 'pictures') lines.push(...PARTS);
  for (const { name, min, max } of features ?? []) lines.push(`  ${name}: ${min} to ${max}`);
  if (target)
    lines.push(`  predicts ${target.name}: ${target.min} to ${target.max}${target.unit ? ` ${target.unit}` : ''}`);
  lines.push(...(notes ?? []).map((note) => `  ${note}`));
  return [...lines, ...leftOutInWords(skipped, SHOWN, '--json lists all')].join('\n');
}
