import { setTimeout as sleep } from 'node:timers/promises';
import type { Prepared } from '../subjects/subject.ts';
import type { Case } from './pictures.ts';
import { processorTime } from './processor-time.ts';
import { type Running, startSubject } from './running.ts';

/** Between two starts: what the last process left is taken down meanwhile. */
const PAUSE_MS = 100;
/** What one subject's turn with one picture takes at most, its first answers aside. */
const TURN_MS = 250;
const IN_ROW = 12;

/** Milliseconds of each round. */
export interface Cold {
  readonly ready: number[];
  /** From its spawn to its first answer. */
  readonly first: number[];
  /** Processor time until it was ready; empty where the system does not tell. */
  readonly cpu: number[];
}

export type Subjects = ReadonlyMap<string, Prepared>;

/** Starts all in turn, `rounds` times after one that is not counted: that one reads from the disk. */
export async function measureCold(subjects: Subjects, picture: Case, rounds: number): Promise<Map<string, Cold>> {
  const figures = new Map([...subjects.keys()].map((name) => [name, { ready: [], first: [], cpu: [] } as Cold]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, { program }] of rotated([...subjects], round)) {
      const { environment, ask } = await startSubject(program);
      try {
        const cpu = await processorTime(environment.pid);
        await ask(picture);
        const own = figures.get(name);
        if (round >= 0 && own) {
          own.ready.push(environment.readyMs);
          own.first.push(environment.age);
          if (cpu !== undefined) own.cpu.push(cpu);
        }
      } finally {
        await environment.end();
      }
      await sleep(PAUSE_MS);
    }
  }
  return figures;
}

/** Of one subject with one picture. */
export interface Warm {
  /** The answers' times in milliseconds, by rounds. */
  readonly wall: number[][];
  /** Processor time of one answer, the mean of a round; empty where the system does not tell. */
  readonly cpu: number[];
  readonly label: string;
}

/** Asks all in turn, several times each; the first answer of a turn is not counted, since it finds caches full of others' data. */
export async function measureWarm(
  running: ReadonlyMap<string, Running>,
  picture: Case,
  rounds: number,
): Promise<Map<string, Warm>> {
  const figures = new Map<string, Warm>();
  const counts = new Map<string, number>();
  for (const [name, subject] of running) {
    const label = await subject.ask(picture);
    const ms = await timed(() => subject.ask(picture));
    counts.set(name, Math.max(1, Math.min(IN_ROW, Math.floor(TURN_MS / ms))));
    figures.set(name, { wall: [], cpu: [], label });
  }
  for (let round = -1; round < rounds; round++) {
    for (const [name, subject] of rotated([...running], round)) {
      await subject.ask(picture);
      const count = counts.get(name) as number;
      const before = await processorTime(subject.environment.pid);
      const times: number[] = [];
      for (let i = 0; i < count; i++) times.push(await timed(() => subject.ask(picture)));
      const after = await processorTime(subject.environment.pid);
      if (round < 0) continue;
      figures.get(name)?.wall.push(times);
      if (before !== undefined && after !== undefined) figures.get(name)?.cpu.push((after - before) / count);
    }
  }
  return figures;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Another one is first in each round: whoever comes after a heavy one finds the caches empty. */
function rotated<T>(items: readonly T[], round: number): T[] {
  const by = (round + items.length) % items.length;
  return [...items.slice(by), ...items.slice(0, by)];
}
