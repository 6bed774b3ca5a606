import { expected, FreezeframeError } from '@freezeframe/inference';
import { type FoundPictures, leftOutInWords, pictureTraits } from '#datasets';
import { CostMeters } from '#evaluate';
import { defaultStore, openStore } from '#store';
import { type Progress, reportResult, say, startProgress } from '#terminal';
import type { HeldOut, TransferReport } from '#transfer';
import { type NumbersFlags, numbersOf } from '../models/numbers-options.ts';
import { picturesAt } from '../predict/find-files.ts';
import { nextSteps } from '../report/next-steps.ts';
import { pageLine, reportFile, writeVersionPage } from '../report/report-file.ts';
import { transferPerformance, transferReport } from '../report/transfer-report.ts';
import { type Comparison, compareFromScratch, describeComparison, worthComparing } from './from-scratch.ts';

export interface BackboneFlags extends NumbersFlags {
  readonly name: string;
  readonly backbone?: string;
  readonly unknown: boolean;
  readonly background?: string;
  readonly seed: number;
  readonly json?: true;
}

/** Options that only a training from scratch knows. */
const FROM_SCRATCH = [
  ...['architecture', 'epochs', 'batchSize', 'learningRate', 'patience', 'size', 'channels', 'resume'],
] as const;

/** Of what was left out, so many are said beside a JSON line, which has the first ten. */
const SHOWN = 5;

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

/**
 * Trains a head on a pretrained network and says how good it is.
 * @returns where a network from scratch is better, how that came out: nothing was saved then
 */
export async function trainWithBackbone(
  spec: string,
  found: FoundPictures,
  flags: BackboneFlags,
  signal: AbortSignal,
): Promise<Comparison | undefined> {
  const { tryTransfer } = await import('#transfer');
  const bar = bars();
  try {
    const tried = await tryTransfer({
      name: flags.name,
      found,
      spec,
      backbone: flags.backbone ?? 'auto',
      background: flags.unknown ? await backgroundPictures(flags.background) : false,
      seed: flags.seed,
      ...numbersOf(flags),
      store: openStore(),
      storeRoot: defaultStore(),
      signal,
      onProgress: bar.update,
    });
    try {
      const comparison = await compared(found, flags, tried.held, { signal, seed: flags.seed, onProgress: bar.update });
      bar.stop();
      if (comparison) say(describeComparison(comparison));
      if (comparison?.chosen) return comparison;
      // They load what they need while the head is trained.
      const meters = new CostMeters(2);
      try {
        const report = await tried.finish();
        bar.stop();
        await tell(report, meters, spec, flags, comparison);
      } finally {
        meters.close();
      }
      return undefined;
    } finally {
      await tried.close();
    }
  } finally {
    bar.stop();
  }
}

/** Against a network from scratch, where nothing asks for a head and the pictures are small or grey. */
async function compared(
  found: FoundPictures,
  flags: BackboneFlags,
  held: HeldOut,
  options: Omit<Parameters<typeof compareFromScratch>[1], 'size' | 'channels'>,
): Promise<Comparison | undefined> {
  if (flags.backbone !== undefined || flags.background !== undefined) return undefined;
  const traits = await pictureTraits(found.pictures);
  const shape = traits && worthComparing(traits);
  return shape && compareFromScratch(held, { ...shape, ...options });
}

async function tell(
  report: TransferReport,
  meters: CostMeters,
  spec: string,
  flags: BackboneFlags,
  comparison: Comparison | undefined,
): Promise<void> {
  const [{ describeTransfer, transferLine }, { writeReport }] = await Promise.all([
    import('#transfer'),
    import('#report'),
  ]);
  const page = reportFile(defaultStore(), report);
  const performance = transferPerformance(report, meters);
  await writeVersionPage(report.stored, page, () => writeReport(transferReport(report), page, performance));
  // npm start reads the line, and a person reads the rest.
  if (flags.json) for (const said of besideLine(report)) say(said);
  const line = { ...transferLine(report), ...(comparison ? { compared: comparison } : {}), report: page };
  reportResult(line, flags.json === true, () =>
    [describeTransfer(report), pageLine(page), ...nextSteps(report, spec)].join('\n'),
  );
}

function besideLine({ notes, skipped, warnings }: TransferReport): string[] {
  const leftOut = leftOutInWords(skipped, SHOWN, 'see its report');
  return [...notes, ...leftOut, ...warnings.map((warning) => `WARNING: ${warning}`)];
}

async function backgroundPictures(folder: string | undefined) {
  const files = folder === undefined ? [] : await picturesAt(folder);
  return files.map((file) => ({ path: file, file }));
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
