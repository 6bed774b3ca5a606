import { expected, FreezeframeError } from '@freezeframe/inference';
import type { FoundPictures } from '#datasets';
import type { WantedPrecision } from '#quantize';
import { defaultStore, openStore } from '#store';
import { type Progress, printable, reportResult, startProgress } from '#terminal';
import { picturesNamed } from '../predict/pictures-named.ts';
import { nextSteps } from '../report/next-steps.ts';
import { pageLine, reportFile } from '../report/report-file.ts';
import { transferPerformance, transferReport } from '../report/transfer-report.ts';

export interface BackboneFlags {
  readonly name: string;
  readonly backbone?: string;
  readonly unknown: boolean;
  readonly background?: string;
  readonly seed: number;
  readonly precision: 'float32' | WantedPrecision;
  readonly json?: true;
}

/** Options that only a training from scratch knows. */
const FROM_SCRATCH = [
  ...['architecture', 'epochs', 'batchSize', 'learningRate', 'patience', 'size', 'channels', 'resume'],
] as const;

/**
 * Whether a head on a pretrained network is to be trained: it was asked for, or nothing that only a training from scratch knows.
 * @throws FreezeframeError `used-wrongly` where both are asked for
 */
export function wantsBackbone(flags: Readonly<Record<string, unknown>>): boolean {
  const scratch: string[] = FROM_SCRATCH.filter((flag) => flags[flag] !== undefined);
  if (flags.backend !== 'auto') scratch.push('backend');
  if (flags.augment === false) scratch.push('no-augment');
  if (flags.flip === false) scratch.push('no-flip');
  if (flags.backbone === undefined) return scratch.length === 0;
  if (scratch.length === 0) return true;
  const received = scratch.map((flag) => `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new FreezeframeError('used-wrongly', expected('no option of a training from scratch', '--backbone', received), {
    remedy: 'A head on a pretrained network has no epochs: leave these out, or leave out --backbone.',
  });
}

/** Trains a head on a pretrained network and says how good it is. */
export async function trainWithBackbone(
  spec: string,
  found: FoundPictures,
  flags: BackboneFlags,
  signal: AbortSignal,
): Promise<void> {
  const [{ describeTransfer, trainTransfer, transferLine }, { writeReport }] = await Promise.all([
    import('#transfer'),
    import('#report'),
  ]);
  const bar = bars();
  try {
    const report = await trainTransfer({
      name: flags.name,
      found,
      spec,
      backbone: flags.backbone ?? 'auto',
      background: flags.unknown ? await backgroundPictures(flags.background) : false,
      seed: flags.seed,
      ...(flags.precision === 'float32' ? {} : { precision: flags.precision }),
      store: openStore(),
      storeRoot: defaultStore(),
      signal,
      onProgress: bar.update,
    });
    bar.stop();
    const page = reportFile(defaultStore(), report);
    const performance = await transferPerformance(report);
    await writeReport({ ...transferReport(report), performance }, page);
    if (flags.json) for (const warning of report.warnings) process.stderr.write(`WARNING: ${printable(warning)}\n`);
    reportResult({ ...transferLine(report), report: page }, flags.json === true, () =>
      [describeTransfer(report), pageLine(page), ...nextSteps(report, spec)].join('\n'),
    );
  } finally {
    bar.stop();
  }
}

async function backgroundPictures(folder: string | undefined) {
  const files = [];
  if (folder === undefined) return [];
  for await (const { file, empty } of picturesNamed([folder])) if (!empty) files.push({ path: file, file });
  return files;
}

/** One bar after the other, each for what takes over a second. */
function bars(): { update(what: string, done: number, total: number): void; stop(): void } {
  let current: { what: string; began: number; bar?: Progress } | undefined;
  const stop = () => {
    current?.bar?.stop();
    current = undefined;
  };
  return {
    stop,
    update(what, done, total) {
      if (current?.what !== what) {
        stop();
        current = { what, began: performance.now() };
      }
      if (!current.bar && performance.now() - current.began > 700) current.bar = startProgress(what, total);
      current.bar?.update(done);
    },
  };
}
