import type { Dataset } from '#datasets';
import { productionText } from '#store';
import {
  capitalized,
  countOf,
  formatAccuracy,
  formatBytes,
  formatError,
  formatShare,
  type Progress,
  startProgress,
  verifiedAs,
} from '#terminal';
import type { FreezeReport } from './freeze-trained.ts';
import type { TrainDatasetOptions, TrainReport } from './train-dataset.ts';

const QUIET_MS = 5_000;

type Listeners = Required<Pick<TrainDatasetOptions, 'onStart' | 'onStep' | 'onEpoch' | 'onFreeze' | 'onPrecision'>>;

/** What training says on stderr: a bar for each epoch, a line when it is over. */
export function trainingProgress(): { readonly listeners: Listeners; stop(): void } {
  let bar: Progress | undefined;
  let shown = '';
  let classifies = true;
  let epochs = 0;
  let began = 0;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const quality = (measure: number) =>
    classifies ? `accuracy ${formatShare(measure)}` : `mean error ${measure.toPrecision(3)}`;
  return {
    stop,
    listeners: {
      onStart: ({ architecture, settings, samples, kind }) => {
        classifies = kind === 'pictures';
        epochs = settings.epochs;
        process.stderr.write(`Training ${architecture} on ${samples} ${classifies ? 'pictures' : 'rows'}\n`);
      },
      onStep: ({ epoch, step, stepsPerEpoch, loss, measure }) => {
        if (step === 1) began = performance.now();
        // Where lines are printed instead of a bar, a short epoch needs no more than the line at its end.
        if (!process.stderr.isTTY && performance.now() - began < QUIET_MS) return;
        bar ??= startProgress(`Epoch ${epoch}/${epochs}`, stepsPerEpoch, 'steps');
        bar.update(step, `loss ${loss.toFixed(4)} ${quality(measure)}`);
      },
      onEpoch: ({ epoch, seconds, validationLoss, validationMeasure }) => {
        stop();
        const left = `${Math.ceil(seconds * (epochs - epoch))} s left`;
        const validation = `validation loss ${validationLoss.toFixed(4)} ${quality(validationMeasure)}`;
        process.stderr.write(`Epoch ${epoch}/${epochs}: ${validation}, ${seconds.toFixed(1)} s, at most ${left}\n`);
      },
      onFreeze: (done, total) => {
        bar ??= startProgress('Verifying', total, 'samples');
        bar.update(done);
      },
      onPrecision: (what, done, total) => {
        if (what !== shown) stop();
        shown = what;
        bar ??= startProgress(what, total);
        bar.update(done);
      },
    },
  };
}

/** The result for people. */
export function describeTraining(report: TrainReport, dataset: Dataset): string {
  const { architecture, metrics, epochs, bestEpoch, seconds, frozen, warnings } = report;
  const title = architecture.split('-').map(titleWord).join(' ');
  const quality =
    dataset.kind === 'pictures'
      ? `${title}: accuracy ${formatAccuracy(metrics, 'test pictures')}`
      : `${title}: mean error ${formatError(metrics, dataset.target.unit, 'test rows')}`;
  const effort = `${epochs} epochs in ${seconds.toFixed(1)} s on ${report.backend}, epoch ${bestEpoch} kept`;
  return [quality, effort, freezeText(frozen, warnings)].join('\n');
}

/** As titles write it; a short word is an abbreviation (CNN). */
function titleWord(word: string): string {
  return word.length < 4 ? word.toUpperCase() : capitalized(word);
}

/** @param warnings what may be wrong with it; its doubt alone if left out */
export function freezeText(report: FreezeReport, warnings?: readonly string[]): string {
  const { stored, verification, metrics, bytes, seconds, doubt, production, notes } = report;
  const { against, samples, maxDifference, top1Identical } = verification;
  const first = top1Identical ? ', the same first choice on each' : '';
  return [
    `${stored.name}@${stored.version}: ${formatBytes(bytes)}, frozen in ${seconds.toFixed(1)} s`,
    `  ${verifiedAs(stored.manifest.metrics)} ${against} on ${countOf(samples, 'held-out samples')}: difference at most ${maxDifference.toExponential(1)}${first}`,
    `  test split before freezing: ${figures(metrics.before)}`,
    `  test split after freezing:  ${figures(metrics.after)}`,
    ...notes.map((note) => `  ${note}`),
    ...(warnings ?? (doubt ? [doubt] : [])).map((warning) => `WARNING: ${warning}`),
    productionText(stored, production),
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

function figures({ loss, ...metrics }: Record<string, number>): string {
  const quality = metrics.accuracy === undefined ? formatError(metrics, '') : formatAccuracy(metrics);
  const what = metrics.accuracy === undefined ? 'mean error' : 'accuracy';
  return `${what} ${quality}${loss === undefined ? '' : `, loss ${loss.toPrecision(6)}`}`;
}
