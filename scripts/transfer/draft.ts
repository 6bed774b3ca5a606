import type { ManifestDraft } from '@freezeframe/inference';
import { learntOf } from '#datasets';
import { GRAPH_NAMES } from '#frozen';
import { HEAD_OUTPUTS } from './freeze/emit-head.ts';
import type { TrainTransferOptions, TransferReport } from './train-transfer.ts';
import type { Candidate } from './transfer.ts';

type Partial = Pick<TransferReport, 'labels' | 'tried' | 'folds' | 'quality' | 'test' | 'constant' | 'model'> & {
  /** Of the whole folder. */
  readonly digest: string;
};

/** What is to stand in the manifest. */
export function draftOf(
  { spec, seed, found }: TrainTransferOptions,
  { backbone, pictures }: Candidate,
  { digest, labels, tried, folds, quality, test, constant, model }: Partial,
): ManifestDraft {
  const { unknown, frozen } = model;
  return {
    formatVersion: 1,
    task: 'classification',
    input: backbone.input,
    output: {
      kind: 'classification',
      name: GRAPH_NAMES.probabilities,
      labels: [...labels],
      activation: 'softmax',
      ...(unknown
        ? {
            unknown: {
              name: HEAD_OUTPUTS.unknown,
              threshold: unknown.threshold,
              recall: unknown.recall,
              falseAccepts: unknown.falseAccepts,
            },
          }
        : {}),
      ...(frozen.map
        ? { heatmap: { name: HEAD_OUTPUTS.heatmap, rows: frozen.map.rows, columns: frozen.map.columns } }
        : {}),
    },
    precision: 'float32',
    metrics: {
      data: { name: found.name, digest, split: `${folds}-fold cross-validation`, count: quality.count },
      after: { ...quality, error: 1 - quality.accuracy },
      constant: { ...constant },
      ...(test ? { test: { ...test } } : {}),
      backbones: Object.fromEntries(tried.map(({ name, accuracy }) => [name, accuracy])),
      ...(unknown
        ? {
            unknown: {
              recall: unknown.recall,
              falseRejects: 1 - unknown.recall,
              falseAccepts: unknown.falseAccepts,
              background: unknown.background.count,
            },
          }
        : {}),
      verification: { ...frozen.verification },
    },
    provenance: {
      source: 'freezeframe train',
      spec,
      seed,
      backbone: backbone.name,
      backboneDigest: backbone.digest,
      ...Object.fromEntries(Object.entries(backbone.provenance).map(([key, value]) => [`backbone.${key}`, value])),
      head: 'multinomial logistic regression, C = 1',
      temperature: model.temperature,
      dataset: { name: found.name, digest },
      learnt: { ...learntOf(pictures.map(({ digest }) => digest)) },
    },
  };
}
