export { provenanceRows } from './provenance-rows.ts';
export type { LabelReport, ReportInput, ReportPicture, ValueReport } from './report-input.ts';
export { writeReport } from './write-report.ts';
