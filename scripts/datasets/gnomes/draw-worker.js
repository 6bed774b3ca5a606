// Registers the TypeScript loader in this thread (Node 20's threads do not inherit it), then starts drawing.
import { register } from 'tsx/esm/api';

register();
await import('./draw-worker.ts');
