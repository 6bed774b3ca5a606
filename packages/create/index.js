#!/usr/bin/env node
// `npm create freezeframe@latest FOLDER`: npm fetches this alone; the project then fetches what it needs.
import { readFileSync } from 'node:fs';
import { create } from '../../scripts/project/index.ts';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));
try {
  console.log(await create(process.argv.slice(2), version));
} catch (error) {
  const { message, remedy, code } = error;
  console.error([message, remedy].filter(Boolean).join('\n'));
  process.exitCode = code === 'used-wrongly' ? 2 : 1;
}
