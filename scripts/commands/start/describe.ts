import { basename } from 'node:path';
import { describeResult, uploadLine } from '#local';
import { allInProduction, type ModelStore } from '#store';
import { formatAccuracy } from '#terminal';
import { SAMPLE } from './model.ts';
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
export function describeStarted(started: Started): string {
  const lines = started.tried.map(
    ({ file, result, milliseconds }) =>
      `  ${basename(file)}: ${describeResult(result)} (${milliseconds.toFixed(0)} ms)`,
  );
  return [
    ...accuracyLine(started.metrics),
    `${started.model} answers:`,
    ...lines,
    `  ${uploadLine(started.upload)} (as an upload)`,
    '',
    `Page:    ${started.gateway.url}/`,
    `Try:     ${started.curl}`,
    ...(started.auth === 'key'
      ? ['Keys:    freezeframe keys create me --local; others reach this address, so each needs one']
      : []),
    `Uploads: put pictures into ${started.uploads}`,
    `${started.takesUp ? 'What is bundled from now on is taken up. ' : ''}Ctrl-C ends it.`,
  ].join('\n');
}

/** Whoever has brought a model, and no photographs, does not wait for a sample: how to serve what is there. */
export async function besideSample(store: ModelStore): Promise<string[]> {
  const [first] = (await allInProduction(store)).filter(({ name }) => name !== SAMPLE);
  if (!first) return [];
  return [
    `There are no photographs in photos/: a sample is trained, and answers where a request names no model.`,
    `To serve ${first.name} alone: freezeframe bundle --model ${first.name}, then freezeframe dev`,
  ];
}

/** How good the model is that was just trained. */
function accuracyLine(metrics: Started['metrics']): string[] {
  const accuracy = formatAccuracy(metrics ?? {}, 'pictures that it had not seen');
  return accuracy ? [`Accuracy ${accuracy}`] : [];
}
