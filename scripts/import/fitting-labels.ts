import type { ImportedModel } from '#read';
import { type ModelFacts, outputWidth } from './facts/model-facts.ts';

interface Labels {
  readonly labels: readonly string[] | undefined;
  readonly notes: readonly string[];
}

/** TensorFlow's own ImageNet models count a class before the thousand: what is none of them. */
const IMAGENET = 1000;
const BACKGROUND = 'background';

/**
 * The labels that a model is given: the user's, which must fit; else the file's own, which are left out where they are
 * another model's.
 */
export function fittingLabels(
  facts: ModelFacts,
  choices: { readonly labels?: readonly string[] | undefined; readonly task?: string | undefined },
  imported: Pick<ImportedModel, 'labels'>,
): Labels {
  const width = outputWidth(facts);
  if (choices.labels) {
    const { labels } = choices;
    if (width === IMAGENET + 1 && labels.length === IMAGENET) {
      return { labels: [BACKGROUND, ...labels], notes: [`Its first class is taken for ${BACKGROUND}.`] };
    }
    return { labels, notes: [] };
  }
  if (!imported.labels || width === undefined) return { labels: undefined, notes: [] };
  const count = Math.max(2, width);
  if (imported.labels.length === count) return { labels: imported.labels, notes: [] };
  const note = `${imported.labels.length} labels beside the file were left out: the model answers ${count} classes.`;
  return { labels: undefined, notes: [note] };
}
