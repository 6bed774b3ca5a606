import { type Classifier, type EngineTensor, knownRows, withUnknown } from '@freezeframe/inference';
import { type Feeds, rowsOf, runTimed } from './feeds.ts';

// The answers of TensorFlow Serving and MLflow are bare rows, and their clients count on the form of a row: it stays the
// same when a model is trained again with "none of these". What is known stands in a list beside the rows.

interface Rows {
  /** The outputs that make a row. */
  readonly outputs: readonly EngineTensor[];
  readonly results: Feeds;
  /** Whether each row shows one of the labels; nothing for a model that cannot tell. */
  readonly beside: { readonly known?: boolean[] };
}

/** The outputs without those that say more about a classification: how far from the labels, and which part of a picture. */
export function labelOutputs({ manifest: { output }, outputs }: Classifier): readonly EngineTensor[] {
  if (output.kind !== 'classification') return outputs;
  return outputs.filter(({ name }) => name !== output.unknown?.name && name !== output.heatmap?.name);
}

/** Runs the model for these outputs, and finds out what is known. @throws as `runTimed`; ModelError `model-output-invalid`. */
export async function runRows(
  classifier: Classifier,
  feeds: Feeds,
  outputs: readonly EngineTensor[] = labelOutputs(classifier),
): Promise<Rows> {
  const names = outputs.map(({ name }) => name);
  const results = await runTimed(classifier, feeds, withUnknown(classifier.manifest, names));
  const known = knownRows(classifier.manifest, results, rowsOf(feeds));
  return { outputs, results, beside: known ? { known } : {} };
}
