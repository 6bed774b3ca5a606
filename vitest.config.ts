import { defineConfig } from 'vitest/config';

/** The whole way: a browser, a local AWS, clients of others, processes that are killed. */
const END_TO_END = ['test/e2e/**/*.test.ts', 'test/**/*.e2e.test.ts'];

/** Takes longer than all others together: `npm run documents`. */
const DOCUMENTS = ['test/e2e/documents.test.ts'];

/** Tests of what keeps state in its process (clients of AWS, counts) or replaces modules: a process for each file. */
const ALONE = [
  'test/functions/{classify,uploads}/**/*.test.ts',
  'test/functions/shared/{events,jobs,models}/**/*.test.ts',
  'test/functions/shared/{dynamo,patience,s3}.test.ts',
  'test/functions/http/routes/{uploads,oip/extensions}.test.ts',
  'test/scripts/commands/{batch,dlq,doctor,keys}.test.ts',
  'test/scripts/keys/key-store.test.ts',
  'test/layers/inference/native.test.ts',
  'test/scripts/evaluate/dataset-examples.test.ts',
  // Measure the memory of their process.
  'test/scripts/local/gateway.test.ts',
  'test/scripts/read/fuzz*.test.ts',
];

/** Of unit tests: none prints, and large arrays are compared at once. */
const SETUP = ['test/quiet.ts', 'test/typed-arrays.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, the default, is short where other tests keep both cores busy.
    expect: { poll: { timeout: 20_000 } },
    // Native engines start threads of their own: two workers fill a small machine.
    maxWorkers: 2,
    pool: 'forks',
    env: {
      // Keys are the default; tests that are about something else need none.
      API_AUTH: 'public',
      // Whoever starts the tests, commands are printed by their bare name.
      npm_config_user_agent: '',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    // What a test prints goes through the streams, where test/quiet.ts sees it.
    disableConsoleIntercept: true,
    coverage: {
      // The page runs in a browser, end to end.
      include: ['layers/inference/src/**/*.ts', 'scripts/{convert,read}/**/*.ts', 'functions/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      // What was measured in November 2026, less one point.
      thresholds: {
        'layers/inference/src/**': { lines: 97, branches: 93 },
        'scripts/convert/**': { lines: 94, branches: 79 },
        'scripts/read/**': { lines: 93, branches: 84 },
        'functions/**': { lines: 95, branches: 89 },
      },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...END_TO_END, ...ALONE],
          setupFiles: SETUP,
          // Modules are loaded once a worker, not once a file: half of the time of a run.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'unit-alone', include: ALONE, exclude: END_TO_END, setupFiles: SETUP },
      },
      {
        extends: true,
        // Many wait for others: a local AWS, a queue, a browser. The others of a group have two workers.
        test: { name: 'e2e', include: END_TO_END, exclude: DOCUMENTS, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'documents', include: DOCUMENTS } },
    ],
  },
});
