// Registers the TypeScript loader (a thread does not inherit its parent's), then starts the worker.
import { register } from 'tsx/esm/api';

register();
await import('./augment-worker.ts');
