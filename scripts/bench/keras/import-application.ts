import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { importModel } from '#import';
import { openStore } from '#store';

export interface ApplicationFigures {
  /** From the file to the stored version, verification included. */
  readonly seconds: number;
  /** Of this process, threads and all. */
  readonly peakMegabytes: number;
  /** The largest |answer - Keras's in double precision|, divided by the largest of those where that is above 1. */
  readonly difference: number;
  /** The same of what Keras answers in single precision: how far rounding alone takes it. */
  readonly kerasDifference: number;
  readonly against: string;
}

/** In a process of its own, so that its peak of memory is the import's. */
async function main(stem: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-application-store-'));
  try {
    const pictures = { preprocess: 'none' } as const;
    const report = await importModel({
      path: `${stem}.keras`,
      name: 'application',
      store: openStore(folder),
      pictures,
    });
    const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    const engine = await createEngine(join(report.stored.folder, 'model.onnx'));
    const [input] = engine.inputs as [(typeof engine.inputs)[number]];
    const { shape, input: data, answers, single } = await readAnswers(stem);
    const [received] = Object.values(await engine.run({ [input.name]: { datatype: 'FP32', shape, data } }));
    const largest = Math.max(1, ...answers.map(Math.abs));
    const farthest = (values: ArrayLike<unknown>) =>
      Math.max(...answers.map((wanted, i) => Math.abs(Number(values[i]) - wanted) / largest));
    await engine.close();
    const figures: ApplicationFigures = {
      seconds: report.seconds,
      peakMegabytes,
      difference: farthest(received?.data ?? []),
      kerasDifference: farthest(single),
      against: report.verification.against,
    };
    process.stdout.write(JSON.stringify(figures));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What save_application.py has written for one model. */
interface KerasAnswers {
  readonly shape: number[];
  readonly input: Float32Array;
  /** In double precision. */
  readonly answers: number[];
  /** In single precision. */
  readonly single: number[];
}

async function readAnswers(stem: string): Promise<KerasAnswers> {
  const { shape, answers, single } = JSON.parse(await readFile(`${stem}.json`, 'utf8'));
  const bytes = await readFile(`${stem}.input`);
  return { shape, answers, single, input: new Float32Array(new Uint8Array(bytes).buffer) };
}

await main(process.argv[2] as string);
