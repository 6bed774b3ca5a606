export { create } from './create.ts';
export { projectPackages } from './files.ts';
export { projectName } from './project-name.ts';
export { writeProject } from './write-project.ts';
