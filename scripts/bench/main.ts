import type { Bench } from './bench.ts';

/** Every benchmark, by name; loaded when it is asked for. */
export const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  applications: async () => (await import('./applications.ts')).applicationsBench,
  auth: async () => (await import('./auth.ts')).authBench,
  cold: async () => (await import('./cold.ts')).coldBench,
  explain: async () => (await import('./explain.ts')).explainBench,
  handler: async () => (await import('./handler.ts')).handlerBench,
  load: async () => (await import('./load.ts')).loadBench,
  serve: async () => (await import('./serve.ts')).serveBench,
  train: async () => (await import('./train.ts')).trainBench,
};

/** `npm run bench -- <name>...`: figures on stdout, one JSON line each. @returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const load = name !== undefined && Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (!load) {
    process.stderr.write(`Expected one of ${Object.keys(BENCHES).join(', ')}: npm run bench -- <name>\n`);
    return 2;
  }
  const bench = await load();
  process.stderr.write(`${bench.summary}\n`);
  process.stdout.write(`${JSON.stringify({ bench: bench.name, ...(await bench.run(rest)) })}\n`);
  return 0;
}

if (import.meta.filename === process.argv[1]) process.exitCode = await main(process.argv.slice(2));
