import type { BuildOptions } from 'esbuild';

/** Lambda's nodejs22.x and later, and the oldest Node that runs the local gateway. */
const TARGET = 'node20';

/** What every bundle here has in common. */
export const BASE_OPTIONS = {
  bundle: true,
  platform: 'node',
  target: TARGET,
  minify: true,
  // Errors are named after their class (`new.target.name`), and a stack without names helps nobody.
  keepNames: true,
  legalComments: 'linked',
  loader: { '.html': 'text', '.css': 'text', '.svg': 'text' },
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;
