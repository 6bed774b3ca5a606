#!/usr/bin/env node
// Registers the TypeScript loader (Node 20 cannot strip types itself), then starts the command line.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./cli.ts');
process.exitCode = await main(process.argv);
