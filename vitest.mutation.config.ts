import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Stryker mutates a copy of the project, and the package's name would lead back to the original.
const SOURCES = fileURLToPath(new URL('layers/inference/src', import.meta.url));

/** The tests that `npm run mutation` asks about each mutant: those of the mutated files, and what they are used in first. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@freezeframe\/inference$/, replacement: `${SOURCES}/index.ts` },
      { find: /^@freezeframe\/inference\/(.+)$/, replacement: `${SOURCES}/$1.ts` },
    ],
  },
  test: {
    include: ['test/layers/inference/**/*.test.ts', 'test/scripts/convert/{passes/*,freeze,scaled}.test.ts'],
    // It reads the sources, and mutants have changed them all.
    testNamePattern: /^(?!.*has every code that layers\/inference\/src throws)/,
    testTimeout: 60_000,
    pool: 'forks',
    env: { API_AUTH: 'public' },
  },
});
