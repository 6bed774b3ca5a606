export type { LearningPoint, ReportInput, ReportPicture, UnknownMeasure } from './report-input.ts';
export { writeReport } from './write-report.ts';
