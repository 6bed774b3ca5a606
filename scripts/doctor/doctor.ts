import { join } from 'node:path';
import { readBundle } from '#bundle';
import type { StackOptions, StackSettings } from '#stack';
import { checkAccount } from './account.ts';
import type { Finding } from './finding.ts';
import { checkNatives, checkNode } from './machine.ts';
import { checkBundle, checkSettings, checkStore } from './project.ts';

interface Diagnosis {
  readonly findings: readonly Finding[];
  /** What serverless.yml comes to, where it can be used. */
  readonly settings?: StackSettings;
}

/**
 * Looks at this machine, the project and the account, and changes nothing. Nobody is asked but the account that the
 * credentials are for.
 * @param deploying what is missing for deploying is then a failure.
 */
export async function examine(options: StackOptions, { deploying = false } = {}): Promise<Diagnosis> {
  const missing = deploying ? 'fail' : 'warn';
  const machine = [checkNode(), ...(await checkNatives())];
  const { findings: project, settings } = await checkSettings(options, missing);
  const outDir = join(options.folder, 'build');
  const store = await checkStore();
  const architecture = settings?.architecture ?? (await readBundle(outDir))?.architecture;
  const bundled = architecture ? [await checkBundle(outDir, architecture)] : [];
  const code = (await readBundle(outDir))?.units.reduce((sum, { zipped }) => sum + zipped, 0);
  const account = await checkAccount({ region: options.region, settings, code, missing });
  return { findings: [...machine, store, ...project, ...bundled, ...account], ...(settings ? { settings } : {}) };
}
