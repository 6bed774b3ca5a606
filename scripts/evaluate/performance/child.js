// Registers the TypeScript loader, then measures what the parent process sends.
import { register } from 'tsx/esm/api';

register();
await import('./child.ts');
