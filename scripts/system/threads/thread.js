// Registers the TypeScript loader (a thread does not inherit its parent's), then starts the module that was asked for.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.module);
