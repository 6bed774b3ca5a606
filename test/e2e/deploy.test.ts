import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../scripts/doctor/finding.ts';
import { NO_CLOUD } from '../aws/cloud.ts';
import { type Outcome, run } from '../scripts/commands/run.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';
import { type Deployment, prepareDeployment } from './stack/deployment.ts';

if (NO_CLOUD) console.warn(`skipped: freezeframe deploy (${NO_CLOUD})`);

/** A deployment takes seconds on a local AWS and minutes on a real one. */
const PATIENCE = 900_000;

describe.skipIf(NO_CLOUD)('freezeframe deploy', () => {
  let deployed: Deployment;
  beforeAll(async () => {
    deployed = await prepareDeployment();
    vi.stubEnv('FREEZEFRAME_STORE', deployed.store.location);
    vi.stubEnv('CI', '');
    vi.spyOn(process, 'cwd').mockReturnValue(deployed.folder);
    await saveTinyModel(deployed.store, 'tiny', 10);
  }, PATIENCE);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await deployed?.serverless('remove').catch(() => undefined);
    await deployed?.close();
  });

  const type = (command: string, ...words: string[]): Promise<Outcome> =>
    run([command, '--stage', deployed.cloud.stage, '--param', 'keysTtl=1', ...words]);
  const json = async (command: string, ...words: string[]) => {
    const { code, stdout } = await type(command, ...words, '--json');
    return { code, ...(JSON.parse(stdout) as Record<string, unknown>) };
  };
  const stateOf = (findings: Finding[]) => Object.fromEntries(findings.map(({ name, state }) => [name, state]));

  it(
    'plans without a bundle, and makes none',
    async () => {
      const planned = await json('deploy', '--dry-run');
      expect(planned).toMatchObject({
        code: 0,
        key: 'make',
        bundle: expect.arrayContaining(['layers/inference', 'layers/model', 'functions/http']),
      });
      expect(planned).not.toHaveProperty('changes');
      await expect(deployed.outputs()).rejects.toThrow(/does not exist/);
    },
    PATIENCE,
  );

  it(
    'makes no key where many may read what it prints',
    async () => {
      await deployed.probe();
      vi.stubEnv('CI', 'true');
      const { code, stdout } = await type('deploy').finally(() => vi.stubEnv('CI', ''));
      expect([code, stdout.includes('ff_')]).toEqual([0, false]);
      expect(stdout).toContain(`freezeframe keys create NAME --stage ${deployed.cloud.stage} --region `);
      expect(stdout).toContain(`npx serverless remove --stage ${deployed.cloud.stage} --region `);
    },
    PATIENCE,
  );

  it(
    'deploys, makes the first key, has a picture answered, and says what it costs',
    async () => {
      const { code, stdout, stderr } = await type('deploy');
      expect([code, stderr.includes('freezeframe:')], stderr).toEqual([0, false]);
      expect(stdout).toMatch(/tiny@1 answers: a red pixel is red \(\d+ ms\)/);
      const [, key = ''] = /^Key: +(ff_\S+)$/m.exec(stdout) ?? [];
      const [, address = ''] = /^Address: (\S+)$/m.exec(stdout) ?? [];
      expect(stdout).toContain(`-H "authorization: Bearer ${key}"`);
      const models = await fetch(`${address}/models`, { headers: { authorization: `Bearer ${key}` } });
      expect(models.status).toBe(200);
      expect(stderr).toMatch(/^alarms +\d+ +\$\d/m);
      expect(stderr).toContain('Nothing is billed by the hour.');
      expect(stderr).not.toContain('not known here');
    },
    PATIENCE,
  );

  it(
    'finds everything in order then, and a plan finds nothing to change',
    async () => {
      const { code, findings } = (await json('doctor')) as { code: number; findings?: unknown };
      expect(code).toBe(0);
      expect(stateOf(findings as Finding[])).toMatchObject({
        bundle: 'ok',
        stack: 'ok',
        concurrency: 'ok',
        settings: 'ok',
      });
      expect(await json('deploy', '--dry-run')).toMatchObject({
        bundle: [],
        key: 'keep',
        changes: { added: [], removed: [] },
        costs: { hourly: [], unknown: [] },
      });
    },
    PATIENCE,
  );

  it(
    'sees that a model has changed, bundles it, and takes a key that one has',
    async () => {
      await saveTinyModel(deployed.store, 'tiny', 20);
      await deployed.store.tag('tiny@2', 'production');
      const { findings } = (await json('doctor')) as { findings?: unknown };
      expect(findings).toContainEqual(
        expect.objectContaining({ name: 'bundle', state: 'warn', says: expect.stringContaining('layers/model') }),
      );
      const again = await json('deploy');
      expect(again).toMatchObject({ code: 0, answer: { model: 'tiny@2' } });
      expect(again).not.toHaveProperty('key');
      expect(again).not.toHaveProperty('answer.picture');
    },
    PATIENCE,
  );

  it(
    'stops before anything is deployed where a setting cannot work',
    async () => {
      const refused = await json('deploy', '--param', 'memory=2');
      expect(refused).toMatchObject({
        code: 1,
        error: { code: 'deploy-not-ready', message: expect.stringContaining('a whole number from 512') },
      });
      await rm(join(deployed.folder, 'serverless.yml'));
      expect(await json('deploy')).toMatchObject({
        code: 1,
        error: { message: expect.stringContaining('serverless.yml') },
      });
    },
    PATIENCE,
  );
});
