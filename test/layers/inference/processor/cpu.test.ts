import { engineThreads, usableCpus } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';

const machine = { env: {}, cores: 6, read: () => undefined };
const file = (name: string, text: string) => (asked: string) => (asked === name ? text : undefined);

describe('usableCpus', () => {
  it('is at least 1 here', () => expect(usableCpus()).toBeGreaterThanOrEqual(1));
  it('is the cores without a limit', () => expect(usableCpus(machine)).toBe(6));

  it.each([
    [128, 1],
    [1769, 1],
    [3538, 2],
    [10240, 6],
  ])("is a Lambda's share at %i MB: %i", (memory, cpus) => {
    expect(usableCpus({ ...machine, env: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory) } })).toBe(cpus);
  });

  it('heeds a container quota, of either kind', () => {
    expect(usableCpus({ ...machine, read: file('/sys/fs/cgroup/cpu.max', '200000 100000\n') })).toBe(2);
    expect(usableCpus({ ...machine, read: file('/sys/fs/cgroup/cpu.max', 'max 100000\n') })).toBe(6);
    expect(usableCpus({ ...machine, read: file('/sys/fs/cgroup/cpu.max', '25000 100000\n') })).toBe(1);
    const v1: Record<string, string> = {
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '300000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(usableCpus({ ...machine, read: (asked) => v1[asked] })).toBe(3);
  });
});

describe('engineThreads', () => {
  const managed = { AWS_LAMBDA_MAX_CONCURRENCY: '64' };

  it('are all vCPUs where the function is one thread', () => expect(engineThreads(machine)).toBe(6));

  it.each([
    [undefined, 1],
    ['1', 6],
    ['2', 3],
    ['4', 1],
    ['none', 1],
  ])('are shared by %s threads of a managed instance', (count, threads) => {
    const env = count === undefined ? managed : { ...managed, AWS_LAMBDA_NODEJS_WORKER_COUNT: count };
    expect(engineThreads({ ...machine, env })).toBe(threads);
  });
});
