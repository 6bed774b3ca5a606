import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../../scripts/doctor/finding.ts';
import { useAws } from '../../aws/use-aws.ts';
import { run } from './run.ts';

const IDENTITY = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/me</Arn>
<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

describe('freezeframe doctor', () => {
  const aws = useAws();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-doctor-'));
    vi.stubEnv('FREEZEFRAME_STORE', join(folder, 'store'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('HOME', folder);
  });
  afterEach(() => aws.calls.clear());
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  const examine = async (cwd = folder) => {
    vi.spyOn(process, 'cwd').mockReturnValue(cwd);
    const { code, stdout } = await run(['doctor', '--json']);
    const { healthy, findings } = JSON.parse(stdout) as { healthy: boolean; findings: Finding[] };
    const states = Object.fromEntries(findings.map(({ name, state }) => [name, state]));
    for (const { state, remedy } of findings) expect(remedy === undefined).toBe(state === 'ok');
    return { code, healthy, findings, states };
  };

  it('says who one is, and what a folder without a project lacks', async () => {
    aws.query = () => IDENTITY;
    const limits = {
      AccountLimit: { ConcurrentExecutions: 10, TotalCodeSize: 100 },
      AccountUsage: { TotalCodeSize: 1 },
    };
    aws.objects.set('2016-08-19/account-settings', Buffer.from(JSON.stringify(limits)));
    const { code, states, findings } = await examine();
    expect(states).toEqual({
      node: 'ok',
      engine: 'ok',
      decoder: 'ok',
      store: 'warn',
      serverless: 'warn',
      region: 'ok',
      credentials: 'ok',
      concurrency: 'warn',
      'code-storage': 'ok',
    });
    expect(findings.find(({ name }) => name === 'credentials')?.says).toContain('user/me of account 123456789012');
    expect(code).toBe(0);
  });

  it('goes on where limits may not be asked', async () => {
    aws.query = () => IDENTITY;
    aws.objects.set('2016-08-19/account-settings', { status: 403, code: 'AccessDeniedException' });
    const { states, findings } = await examine();
    expect(states).toMatchObject({ credentials: 'ok', limits: 'warn' });
    expect(findings.at(-1)?.remedy).toContain('lambda:GetAccountSettings');
  });

  it('asks nobody without credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    const asked = vi.fn(() => IDENTITY);
    aws.query = asked;
    const { states } = await examine();
    expect(states).toMatchObject({ region: 'ok', credentials: 'warn' });
    expect(asked).not.toHaveBeenCalled();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  });
});
