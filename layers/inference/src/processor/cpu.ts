import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Lambda gives one vCPU per 1,769 MB (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
export const MB_PER_VCPU = 1769;

interface CpuSources {
  env?: Readonly<Record<string, string | undefined>>;
  cores?: number;
  /** Answers a file's text, or undefined where there is none. */
  read?: (file: string) => string | undefined;
}

/**
 * Number of vCPUs that this process really has: the cores it may run on, less what a container's quota or a Lambda's
 * memory size takes away. Lambda shows two or more cores to a function that is given a fifth of one; more threads than
 * that only wait for each other.
 * @returns at least 1; a share of a core is rounded.
 */
export function usableCpus(sources: CpuSources = {}): number {
  const { env = process.env, cores = availableParallelism(), read = readText } = sources;
  const memory = Number(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  const limits = [cores, memory > 0 ? memory / MB_PER_VCPU : Infinity, quota(read)];
  return Math.max(1, Math.round(Math.min(...limits)));
}

/**
 * Threads for one engine: all vCPUs, but for a managed instance, on which several threads of Node have an engine each. Lambda
 * starts eight of them for each vCPU where `AWS_LAMBDA_NODEJS_WORKER_COUNT` says nothing else.
 */
export function engineThreads(sources: CpuSources = {}): number {
  const { env = process.env } = sources;
  const cpus = usableCpus(sources);
  if (env.AWS_LAMBDA_MAX_CONCURRENCY === undefined) return cpus;
  const workers = Number(env.AWS_LAMBDA_NODEJS_WORKER_COUNT) || 8 * cpus;
  return Math.max(1, Math.floor(cpus / workers));
}

/** The cgroup's CPU quota in cores. Node asks for it itself from version 22 on only. */
function quota(read: (file: string) => string | undefined): number {
  const [v2Quota, v2Period] = (read('/sys/fs/cgroup/cpu.max') ?? '').trim().split(' ').map(Number);
  if (v2Quota && v2Quota > 0 && v2Period) return v2Quota / v2Period;
  const v1Quota = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'));
  const v1Period = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'));
  return v1Quota > 0 && v1Period > 0 ? v1Quota / v1Period : Infinity;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // not Linux, or no quota
  }
}
