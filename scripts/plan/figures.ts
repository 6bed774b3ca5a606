import { readFile } from 'node:fs/promises';
import { expected, MB_PER_VCPU } from '@freezeframe/inference';
import { fromBench } from './bench-figures.ts';
import { type Distribution, distribution, invalid, type Times } from './times.ts';

export const FORMAT = 'freezeframe-measured-1';

/** What was measured with the processor time of one memory size, as a file holds it. */
export interface Figure {
  readonly memoryMb: number;
  /** From the start of the process until it asks for its first event. */
  readonly initMs: Times;
  /** The first answer after that. */
  readonly coldFirstMs: Times;
  /** Every other answer. */
  readonly warmMs: Times;
  /** The most memory that the process had. */
  readonly peakMb?: number;
}

/** A file of measured figures. */
export interface MeasuredFile {
  readonly format: typeof FORMAT;
  /** What was measured, where and when, for people. */
  readonly of?: string;
  readonly figures: readonly Figure[];
}

/** A {@link Figure} whose times can be asked. */
export interface Measured {
  readonly memoryMb: number;
  readonly init: Distribution;
  readonly first: Distribution;
  readonly warm: Distribution;
  readonly peakMb: number | undefined;
}

/** The figures of a file, those of the least memory first. @throws FreezeframeError `figures-invalid`, `not-found` */
export async function readFigures(path: string): Promise<{ of: string; figures: Measured[] }> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw invalid(`The measured figures cannot be read: ${error.message}`, error);
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw invalid(`${path} is not JSON: ${(error as Error).message}`, error);
  }
  return parseFigures(content, path);
}

/** @throws FreezeframeError `figures-invalid` */
export function parseFigures(content: unknown, name: string): { of: string; figures: Measured[] } {
  const benchmark = fromBench(content);
  const file = benchmark ? { format: FORMAT, ...benchmark } : object(content, name, ['format', 'of', 'figures']);
  if (file.format !== FORMAT) throw invalid(expected(JSON.stringify(FORMAT), `format of ${name}`, file.format));
  if (file.of !== undefined && typeof file.of !== 'string') throw invalid(expected('text', `of in ${name}`, file.of));
  if (!Array.isArray(file.figures) || file.figures.length === 0)
    throw invalid(expected('a list of figures', `figures of ${name}`, file.figures));
  const figures = file.figures.map((one, i) => figure(one, `figures[${i}]`));
  figures.sort((a, b) => a.memoryMb - b.memoryMb);
  figures.forEach(({ memoryMb }, i) => {
    if (figures[i + 1]?.memoryMb === memoryMb) throw invalid(`There are two figures for ${memoryMb} MB in ${name}.`);
  });
  return { of: file.of ?? name, figures };
}

function figure(content: unknown, where: string): Measured {
  const one = object(content, where, ['memoryMb', 'vcpus', 'initMs', 'coldFirstMs', 'warmMs', 'peakMb']);
  if ((one.memoryMb === undefined) === (one.vcpus === undefined))
    throw invalid(expected('either memoryMb or vcpus', where, one));
  const memoryMb =
    one.vcpus === undefined
      ? positive(one.memoryMb, `memoryMb of ${where}`)
      : MB_PER_VCPU * positive(one.vcpus, `vcpus of ${where}`);
  return {
    memoryMb,
    init: distribution(one.initMs, `initMs of ${where}`),
    first: distribution(one.coldFirstMs, `coldFirstMs of ${where}`),
    warm: distribution(one.warmMs, `warmMs of ${where}`),
    peakMb: one.peakMb === undefined ? undefined : positive(one.peakMb, `peakMb of ${where}`),
  };
}

/** A misspelt name would be a figure that nobody takes. */
function object(content: unknown, where: string, names: readonly string[]): Record<string, unknown> {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw invalid(expected('an object', where, content));
  const unknown = Object.keys(content).find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid(expected(`one of ${names.join(', ')}`, `a name in ${where}`, unknown));
  return content as Record<string, unknown>;
}

function positive(value: unknown, where: string): number {
  if (typeof value === 'number' && value > 0 && value < 1e6) return value;
  throw invalid(expected('a number above 0', where, value));
}
