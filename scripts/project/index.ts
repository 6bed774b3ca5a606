export { create } from './create.ts';
export { projectName } from './project-name.ts';
export { writeProject } from './write-project.ts';
