// Loaded before a runtime starts. On Lambda nothing lies above the function's folder; here the project does, and require would
// find the project's own node_modules before NODE_PATH (and hide what a layer lacks). Only what is inside the function or
// its layers stays in the search. https://nodejs.org/api/modules.html#loading-from-node_modules-folders
import { realpathSync } from 'node:fs';
import Module from 'node:module';
import { delimiter, sep } from 'node:path';

const { LAMBDA_TASK_ROOT = process.cwd(), NODE_PATH = '' } = process.env;
const inside = [LAMBDA_TASK_ROOT, ...NODE_PATH.split(delimiter)]
  .filter(Boolean)
  .map((folder) => `${realpathSync(folder)}${sep}`);
const everywhere = Module._nodeModulePaths;

Module._nodeModulePaths = (from) =>
  everywhere(from).filter((folder) => inside.some((allowed) => `${folder}${sep}`.startsWith(allowed)));
