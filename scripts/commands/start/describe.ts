import { basename } from 'node:path';
import { describeResult, uploadLine } from '#local';
import { formatAccuracy } from '#terminal';
import type { Started } from './start.ts';

/** What `freezeframe start --json` prints. */
export function startedResult({
  gateway,
  model,
  metrics,
  tried,
  upload,
  uploads,
  auth,
  curl,
  bundle,
}: Started): unknown {
  const { units, total, limit, rebuilt } = bundle;
  const trained = metrics ? { metrics } : {};
  return {
    url: gateway.url,
    model,
    ...trained,
    tried,
    upload,
    uploads,
    auth,
    curl,
    bundle: { units, total, limit, rebuilt },
  };
}

/** The same for a person: what was tried, and what to try next. */
export function describeStarted({
  gateway,
  model,
  metrics,
  tried,
  upload,
  uploads,
  auth,
  takesUp,
  curl,
}: Started): string {
  const lines = tried.map(
    ({ file, result, milliseconds }) =>
      `  ${basename(file)}: ${describeResult(result)} (${milliseconds.toFixed(0)} ms)`,
  );
  return [
    ...accuracyLine(metrics),
    `${model} answers:`,
    ...lines,
    `  ${uploadLine(upload)} (as an upload)`,
    '',
    `Page:    ${gateway.url}/`,
    `Try:     ${curl}`,
    ...(auth === 'key'
      ? ['Keys:    freezeframe keys create me --local; others reach this address, so each needs one']
      : []),
    `Uploads: put pictures into ${uploads}`,
    `${takesUp ? 'What is bundled from now on is taken up. ' : ''}Ctrl-C ends it.`,
  ].join('\n');
}

/** How good the model is that was just trained. */
function accuracyLine(metrics: Started['metrics']): string[] {
  const accuracy = formatAccuracy(metrics ?? {}, 'pictures that it had not seen');
  return accuracy ? [`Accuracy ${accuracy}`] : [];
}
