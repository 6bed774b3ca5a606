export { describeStack } from './account.ts';
export { examine } from './doctor.ts';
export type { Finding } from './finding.ts';
export { archOf } from './project.ts';
export { findingsText } from './text.ts';
