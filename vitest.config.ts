import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, the default, is short where other tests keep both cores busy.
    expect: { poll: { timeout: 20_000 } },
    // Native engines start threads of their own: two workers fill a small machine.
    maxWorkers: 2,
    pool: 'forks',
    // Keys are the default; tests that are about something else need none.
    env: { API_AUTH: 'public' },
  },
});
