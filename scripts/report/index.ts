export { provenanceRows } from './provenance-rows.ts';
export type { ReportInput, ReportPicture } from './report-input.ts';
export { writeReport } from './write-report.ts';
