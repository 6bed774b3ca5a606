import { resolve } from 'node:path';
import type { Performance } from '#evaluate';
import type { Plan } from '#plan';
import { replaceFile } from '#system';
import type { ComparisonInput } from './comparison/comparison-input.ts';
import type { ReportInput } from './report-input.ts';
import type { SheetInput } from './sheet/sheet-input.ts';

/**
 * Writes one HTML file that shows what a model gets right and wrong. It loads nothing else and runs no script.
 * @param measured its `performance`, where that is still being measured
 * @throws FreezeframeError `labels-unknown`, `evaluation-failed` for what cannot be an answer; what the file system throws.
 */
export async function writeReport(input: ReportInput, file: string, measured?: Promise<Performance>): Promise<void> {
  // Charts and thumbnails are heavy; most commands write no report.
  const [{ renderReport }, performance = input.performance] = await Promise.all([
    import('./render-report.ts'),
    measured,
  ]);
  await replaceFile(resolve(file), await renderReport({ ...input, ...(performance ? { performance } : {}) }));
}

/** Writes one HTML file that shows a data set. @throws what the file system throws */
export async function writeSheetPage(input: SheetInput, file: string): Promise<void> {
  const { renderSheet } = await import('./sheet/render-sheet.ts');
  await replaceFile(resolve(file), await renderSheet(input));
}

/** Writes one HTML file that shows where two versions differ. @throws what the file system throws */
export async function writeComparisonPage(input: ComparisonInput, file: string): Promise<void> {
  const { renderComparison } = await import('./comparison/render-comparison.ts');
  await replaceFile(resolve(file), await renderComparison(input));
}

/** Writes one HTML file that shows a plan of memory and money. @throws what the file system throws */
export async function writePlanPage(plan: Plan, file: string): Promise<void> {
  const { renderPlan } = await import('./plan/render-plan.ts');
  await replaceFile(resolve(file), await renderPlan(plan));
}
