import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { makeFolder } from '#system';
import { describeSystemFailure, reportFailure } from '#terminal';
import type { Bench } from './bench.ts';
import { comparable, isWorse } from './results/compare.ts';
import { plainTable } from './results/markdown.ts';

/** Every benchmark, by name; loaded when it is asked for. */
export const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  applications: async () => (await import('./benches/applications.ts')).applicationsBench,
  auth: async () => (await import('./benches/auth.ts')).authBench,
  batch: async () => (await import('./benches/batch.ts')).batchBench,
  cold: async () => (await import('./benches/cold.ts')).coldBench as unknown as Bench,
  decode: async () => (await import('./benches/decode.ts')).decodeBench,
  explain: async () => (await import('./benches/explain.ts')).explainBench,
  folder: async () => (await import('./benches/folder.ts')).folderBench,
  freeze: async () => (await import('./benches/freeze.ts')).freezeBench,
  import: async () => (await import('./benches/import.ts')).importBench,
  load: async () => (await import('./benches/load.ts')).loadBench,
  memory: async () => (await import('./benches/memory.ts')).memoryBench,
  serve: async () => (await import('./benches/serve.ts')).serveBench as unknown as Bench,
  threads: async () => (await import('./benches/threads.ts')).threadsBench,
  train: async () => (await import('./benches/train.ts')).trainBench,
};

const FLAGS = {
  rounds: { type: 'string' },
  only: { type: 'string' },
  out: { type: 'string' },
  compare: { type: 'string' },
} as const;

const USAGE = `npm run bench -- NAME [--rounds N] [--only PART,...] [--out FOLDER] [--compare OLD.json]
  NAME: ${Object.keys(BENCHES).join(', ')}
`;

/**
 * Figures go to stdout as one line of JSON, and to FOLDER as JSON, Markdown and a picture.
 * @returns the exit code: 1 where a ratio is worse than in OLD.json, 2 where nothing was measured
 */
export async function main(args: readonly string[]): Promise<number> {
  const read = readArguments(args);
  if (!read) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    return await measured(read);
  } catch (error) {
    reportFailure(describeSystemFailure(error), false);
    return 2;
  }
}

type Arguments = NonNullable<ReturnType<typeof readArguments>>;

async function measured({ name, load, rest, rounds, only, out, compare }: Arguments): Promise<number> {
  // What cannot be read or written is found before minutes are spent.
  const before = compare === undefined ? undefined : await readEarlier(compare, name);
  if (out !== undefined) {
    await makeFolder(resolve(out));
    await access(out, constants.W_OK);
  }
  const bench = await load();
  process.stderr.write(`${bench.summary}\n`);
  const figures = await bench.run({
    rest,
    ...(rounds === undefined ? {} : { rounds: Number(rounds) }),
    ...(only === undefined ? {} : { only: only.split(',') }),
  });
  const result = { bench: bench.name, machine: machine(), figures };
  const table = bench.table?.(figures) ?? plainTable(figures);
  process.stderr.write(`\n${table}\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (out !== undefined)
    await write(out, bench.name, {
      json: `${JSON.stringify(result, null, 2)}\n`,
      md: `${table}\n`,
      svg: bench.chart?.(figures),
    });
  if (before === undefined) return 0;
  const ratios = comparable(before, result);
  const worse = ratios.filter(isWorse);
  for (const { figure, before, now } of worse) process.stderr.write(`worse: ${figure} is ${now}, it was ${before}\n`);
  process.stderr.write(`${ratios.length} ratios were compared with ${compare}, ${worse.length} are worse.\n`);
  return worse.length > 0 ? 1 : 0;
}

/** Figures of the same benchmark. @throws FreezeframeError `used-wrongly` */
async function readEarlier(file: string, name: string): Promise<unknown> {
  const refused = (received: string, cause?: unknown) => {
    const message = expected(`what npm run bench -- ${name} --out wrote`, `--compare ${file}`, received);
    return new FreezeframeError('used-wrongly', message, { cause });
  };
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw refused(error.message, error);
  });
  let earlier: { bench?: unknown; figures?: unknown } | null = null;
  try {
    earlier = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (earlier?.bench === name && typeof earlier.figures === 'object') return earlier;
  throw refused(earlier === null ? 'no JSON' : `figures of ${earlier.bench ?? 'something else'}`);
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
    const [name = '', ...rest] = positionals;
    const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
    const isCount = values.rounds === undefined || /^[1-9]\d*$/.test(values.rounds);
    return load && isCount ? { name, load, rest, ...values } : undefined;
  } catch {
    return undefined; // an unknown flag
  }
}

function machine() {
  const { node } = process.versions;
  const [cpu] = cpus();
  return { cpu: cpu?.model, cores: cpus().length, node, load: Number((loadavg()[0] ?? 0).toFixed(2)) };
}

async function write(folder: string, name: string, files: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [extension, text] of Object.entries(files)) {
    if (text !== undefined) await writeFile(join(folder, `${name}.${extension}`), text);
  }
}

if (import.meta.filename === process.argv[1]) {
  // Folders are removed as it exits; functions end with it.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => process.exit(code));
  process.exitCode = await main(process.argv.slice(2));
}
