import { join, resolve } from 'node:path';
import { defaultStore } from '#store';
import { memoryOf } from '#system';
import { type BenchOptions, chosenNames, inTemporaryFolder, say } from '../bench.ts';
import { serveModel } from '../setups/served-model.ts';
import { FLOOR, SUBJECTS } from '../subjects/index.ts';
import type { Prepared, Workshop } from '../subjects/subject.ts';
import { type ColdFigures, coldFigures, type WarmFigures, warmFigures } from './figures.ts';
import { measureCold, measureWarm, type Subjects, type Warm } from './measure.ts';
import { type Case, makeCases } from './pictures.ts';
import { reasonOf } from './reason.ts';
import { type Running, startSubject } from './running.ts';

const COLD_ROUNDS = 7;
const WARM_ROUNDS = 9;
/** Small pictures before anything is measured: V8 compiles what it has seen often. */
const UNTIL_WARM = 300;
const WARMING_MS = 5_000;

interface SubjectFigures {
  readonly about: string;
  /** Why it was not measured. */
  readonly skipped?: string;
  /** Of what would be deployed, unpacked. */
  readonly bytes?: number;
  /** The most that it held, MB. */
  readonly peakMb?: number;
  readonly cold?: ColdFigures;
  /** By the pictures' names. */
  readonly warm?: Readonly<Record<string, WarmFigures>>;
}

export type ServeFigures = Readonly<Record<string, SubjectFigures>>;

/** The floor always takes part. @param parts what to measure */
export async function measureServing(
  { rounds, only = [] }: BenchOptions,
  parts: { readonly cold: boolean; readonly warm: boolean },
): Promise<ServeFigures> {
  const chosen = chosenNames(
    SUBJECTS.map(({ name }) => name),
    only,
  );
  return inTemporaryFolder(async (work) => {
    const figures: Record<string, SubjectFigures> = {};
    const prepared = new Map<string, Prepared>();
    const workshop = await openWorkshop(work);
    const [tiny, ...others] = (await makeCases()) as [Case, ...Case[]];
    for (const { name, about, prepare } of SUBJECTS.filter(({ name }) => name === FLOOR || chosen.has(name))) {
      try {
        say(`preparing ${name}`);
        const made = await prepare(workshop);
        const { environment, ask } = await startSubject(made.program);
        await ask(tiny).finally(() => environment.end());
        prepared.set(name, made);
        figures[name] = { about, bytes: made.bytes };
      } catch (error) {
        figures[name] = { about, skipped: reasonOf(error as Error) };
        say(`${name} is left out: ${figures[name].skipped}`);
      }
    }
    if (parts.cold) await addCold(figures, prepared, tiny, rounds ?? COLD_ROUNDS);
    if (parts.warm) await addWarm(figures, prepared, [tiny, ...others], rounds ?? WARM_ROUNDS);
    return figures;
  });
}

/** @param work a folder that is gone afterwards */
export async function openWorkshop(work: string): Promise<Workshop> {
  return { work, cache: resolve(join(defaultStore(), 'cache', 'bench')), model: await serveModel(work) };
}

async function addCold(figures: Record<string, SubjectFigures>, subjects: Subjects, picture: Case, rounds: number) {
  const measured = await measureCold(subjects, picture, rounds);
  for (const name of subjects.keys()) {
    const cold = coldFigures(measured, name);
    figures[name] = { ...(figures[name] as SubjectFigures), cold };
    say(
      `${name}: ready ${cold.readyMs} ms (processor ${cold.readyCpuMs}), first answer ${cold.firstMs} ms (${cold.readyRatio}x, ${cold.firstRatio}x the floor's)`,
    );
  }
}

async function addWarm(
  figures: Record<string, SubjectFigures>,
  subjects: Subjects,
  cases: readonly [Case, ...Case[]],
  rounds: number,
) {
  const running = new Map<string, Running>();
  try {
    for (const [name, { program }] of subjects) running.set(name, await startSubject(program));
    for (const subject of running.values()) await warmUp(subject, cases[0]);
    for (const picture of cases) {
      say(picture.name);
      const measured = await measureWarm(running, picture, rounds);
      for (const name of running.keys())
        figures[name] = withWarm(figures[name] as SubjectFigures, picture, measured, name);
    }
    for (const [name, { environment }] of running) {
      const memory = await memoryOf(environment.pid);
      if (memory) figures[name] = { ...(figures[name] as SubjectFigures), peakMb: Math.round(memory.peak) };
    }
  } finally {
    await Promise.all([...running.values()].map(({ environment }) => environment.end()));
  }
}

async function warmUp(subject: Running, picture: Case): Promise<void> {
  const until = performance.now() + WARMING_MS;
  for (let i = 0; i < UNTIL_WARM && performance.now() < until; i++) await subject.ask(picture);
}

function withWarm(subject: SubjectFigures, picture: Case, measured: ReadonlyMap<string, Warm>, name: string) {
  const warm = warmFigures(measured, name);
  const { medianMs, ratio, cpuMs, cpuRatio, sameLabel } = warm;
  say(
    `  ${name}: ${medianMs} ms (${ratio}x), processor ${cpuMs} ms (${cpuRatio}x)${sameLabel === false ? ', another label' : ''}`,
  );
  return { ...subject, warm: { ...subject.warm, [picture.name]: warm } };
}
