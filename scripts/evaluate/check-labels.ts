import { FreezeframeError } from '@freezeframe/inference';
import { nearest } from '#system';

/** @throws FreezeframeError `labels-unknown` for what a model cannot answer */
export function checkLabels(model: string, labels: readonly string[], wanted: readonly string[]): void {
  const unknown = [...new Set(wanted)].filter((label) => !labels.includes(label));
  if (unknown.length === 0) return;
  const near = unknown.flatMap((label) => nearest(label, labels)).slice(0, 3);
  const list = (words: readonly string[]) => `${words.slice(0, 8).join(', ')}${words.length > 8 ? ', …' : ''}`;
  throw new FreezeframeError('labels-unknown', `The model ${model} has no label ${list(unknown)}`, {
    remedy: `${near.length > 0 ? `Did you mean ${near.join(', ')}? ` : ''}Its labels are: ${list(labels)}`,
    details: { unknown, labels: labels.slice(0, 100) },
  });
}
