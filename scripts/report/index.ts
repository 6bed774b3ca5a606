export type { ComparisonInput } from './comparison/comparison-input.ts';
export { provenanceRows } from './provenance-rows.ts';
export type { LabelReport, ReportInput, ReportPicture, ValueReport } from './report-input.ts';
export type { SheetInput, SheetPicture } from './sheet/sheet-input.ts';
export { writeComparisonPage, writePlanPage, writeReport, writeSheetPage } from './write-report.ts';
