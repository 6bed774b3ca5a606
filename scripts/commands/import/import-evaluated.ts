import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ManifestDraft } from '@freezeframe/inference';
import type { Constant } from '#evaluate';
import { type ImportOptions, type ImportReport, importApart } from '#import';
import { writeReport } from '#report';
import { openStore, readModel } from '#store';
import { makeTemporaryFolder } from '#system';
import { warningsOf } from '../evaluate/warnings.ts';
import { type Evaluated, evaluateData, type TableFlags } from '../report/evaluate-data.ts';
import { performanceOf } from '../report/performance.ts';
import { reportFile, writeVersionPage } from '../report/report-file.ts';

/** An import whose answers to labelled data are known. */
export interface EvaluatedImport extends ImportReport {
  readonly metrics: Record<string, unknown>;
  readonly constant: Constant | null;
  readonly warnings: readonly string[];
  /** Where the report is. */
  readonly page: string;
}

/**
 * Imports a model and measures it before it is saved, so that its manifest says how good it is, as a training's does. Nothing is
 * saved where it cannot be measured; one that is not better than a constant answer is kept out of production.
 * @throws FreezeframeError what `importApart` and `evaluateData` throw
 */
export async function importEvaluated(
  options: ImportOptions,
  limits: { readonly seconds?: number },
  data: string,
  flags: TableFlags,
): Promise<EvaluatedImport> {
  const { store } = options;
  const folder = await makeTemporaryFolder(join(store.location, 'temporary'));
  try {
    const imported = await importApart({ ...options, store: openStore(folder) }, limits);
    const { name: _name, version: _version, files: _files, ...draft } = imported.stored.manifest;
    const model = await readModel(imported.stored);
    const evaluated = await evaluateData(imported.stored, data, flags);
    const figures = await figuresOf(evaluated, data);
    const stored = await store.save(options.name, {
      manifest: { ...draft, metrics: { ...draft.metrics, ...figures } } as ManifestDraft,
      model,
    });
    const page = reportFile(store.location, { stored });
    const before = costBefore(options.path, imported);
    const report = {
      ...(await evaluated.report('import', `${stored.name}@${stored.version}`)),
      performance: await performanceOf(stored, before, evaluated.samples),
    };
    await writeVersionPage(stored, page, () => writeReport(report, page));
    const warnings = warningsOf(evaluated.result, evaluated.kind);
    return { ...imported, stored, metrics: figures.after, constant: evaluated.result.constant, warnings, page };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As a training's manifest has them. */
async function figuresOf(evaluated: Evaluated, data: string) {
  const { result } = evaluated;
  if (result.constant === null) return { after: {} };
  const after: Record<string, unknown> =
    'target' in result
      ? {
          meanAbsoluteError: result.meanAbsoluteError,
          rootMeanSquaredError: result.rootMeanSquaredError,
          count: result.count,
        }
      : {
          accuracy: result.accuracy,
          accuracyLow: result.accuracyLow,
          accuracyHigh: result.accuracyHigh,
          count: result.count,
        };
  return {
    data: { name: basename(data), digest: await evaluated.digest(), count: result.count },
    after,
    constant: { ...result.constant },
  };
}

/** An ONNX file runs here as it came. What others were made with does not. */
function costBefore(path: string, { format, sourceBytes }: ImportReport) {
  const bytes = { bytes: sourceBytes };
  if (format !== 'onnx')
    return { ...bytes, what: `${basename(path)} as it came. The framework that it was made with does not run here` };
  return {
    ...bytes,
    job: { graph: path },
    what: `${basename(path)} as it came, asked for one sample of zeros`,
  };
}
