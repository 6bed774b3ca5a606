import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { type Bundle, bundle, inspectBuild, readBundle } from '#bundle';
import { archOf, describeStack, examine, type Finding } from '#doctor';
import { readStack, runServerless, type StackOptions, type StackSettings, serverlessLine } from '#stack';
import { type Changes, changesOf, deployedTemplate } from './changes.ts';
import { type Costs, costsOf } from './costs.ts';
import { askFirst, type FirstAnswer } from './first-request.ts';
import { keyFor } from './key.ts';
import { packageTemplate } from './package.ts';

/** serverless.yml keeps so many deployments besides the newest. */
const KEPT = 5;

/** How long a new address is waited for, besides the time that a new key takes. Milliseconds. */
const PATIENCE = 90_000;

export interface DeployOptions extends StackOptions {
  /** References of the models; those of the last bundle if left out. */
  readonly models?: readonly string[] | undefined;
  /** A key of the API, to ask it about a picture. */
  readonly key?: string | undefined;
  /** Whether others may read what is printed, as the log of a CI: no key is made then. */
  readonly readByOthers?: boolean;
}

/** Told as it happens. */
export interface Telling {
  /** What the doctor found. */
  examined(findings: readonly Finding[]): void;
  bundling(done: number, total: number, note: string): void;
  bundled(result: Bundle): void;
  /** Before anything is deployed. */
  priced(costs: Costs): void;
}

export interface Deployed {
  readonly stack: string;
  readonly stage: string;
  readonly region: string;
  readonly url: string;
  readonly access: string;
  /** A key that was made for this stack, as it had none; shown now and never again. */
  readonly key?: string;
  /** The API asks for keys, and none was made, as others would have read it. */
  readonly keyless?: true;
  readonly curl: string;
  /** What to type to go back to an earlier deployment, and to take the stack down. */
  readonly back: string;
  readonly down: string;
  readonly costs: Costs;
  readonly answer?: FirstAnswer;
  /** Why there is no answer. */
  readonly silent?: FreezeframeError;
}

export interface Plan {
  readonly stack: string;
  readonly region: string;
  /** Units that would be made again. */
  readonly bundle: readonly string[];
  /** The command line that would be run. */
  readonly command: string;
  /** Absent where no bundle for these settings is there, without which nothing can be packaged. */
  readonly changes?: Changes;
  readonly costs?: Costs;
  /** What would be done about a key of the API. */
  readonly key: 'make' | 'keep' | 'none';
}

/**
 * Examines, bundles what is not current, deploys, makes a key where the API has none, and asks the API once. Ctrl-C is
 * passed on to the framework and waited for.
 * @throws FreezeframeError `deploy-not-ready`, `deploy-failed`, `deploy-stopped`, `stack-outdated`, and as `bundle`.
 */
export async function deploy(options: DeployOptions, tell: Telling): Promise<Deployed> {
  const { settings, target } = await ready(options, tell);
  const { stack, stage, region, access } = settings;
  const made = await bundle({ ...(await bundleOptions(options, settings)), progress: tell.bundling });
  tell.bundled(made);
  const costs = costsOf(await packageTemplate(target), storedBytes(made));
  tell.priced(costs);
  const { code, stopped } = await runServerless(['deploy'], target, { shown: true });
  if (stopped) throw wasStopped(stack, region);
  if (code !== 0) throw await failed(code, settings);
  const url = addressOf((await readStack(stack, region))?.outputs ?? {}, settings);
  const { needed, made: fresh, usable } = await keyFor(settings, options.key, { dry: options.readByOthers === true });
  const curl = curlOf(url, access, fresh ?? 'YOUR_KEY');
  const key = fresh ? { key: fresh } : needed ? ({ keyless: true } as const) : {};
  const line = (...words: string[]) => serverlessLine(words, { stage, region });
  const [back, down] = [line('rollback'), line('remove')];
  const known = { stack, stage, region, url, access, ...key, curl, back, down, costs };
  const remedy = `See what the function says: ${line('logs', '--function', 'http')}. To go back: ${back}.`;
  try {
    const picture = access === 'public' || usable !== undefined;
    const patience = PATIENCE + 1000 * settings.keysTtl;
    return { ...known, answer: await askFirst({ url, picture, key: usable, patience, remedy }) };
  } catch (error) {
    // What was made must be told all the same, a key above all.
    if (error instanceof FreezeframeError) return { ...known, silent: error };
    throw error;
  }
}

/** What `deploy` would do. Nothing is changed, here or in the account. @throws FreezeframeError `deploy-not-ready`. */
export async function plan(options: DeployOptions, tell: Pick<Telling, 'examined'>): Promise<Plan> {
  const { settings, target } = await ready(options, tell);
  const { stack, region, access } = settings;
  const { platform: _, ...inspected } = await bundleOptions(options, settings);
  const { built, changed } = await inspectBuild(inspected);
  const usable = built?.platform === 'linux' && built.architecture === settings.architecture;
  const template = usable ? await packageTemplate(target) : undefined;
  const isThere = template && (await readStack(stack, region));
  const deployed = isThere ? await deployedTemplate(stack, region) : undefined;
  const { needed } = await keyFor(settings, options.key, { dry: true });
  return {
    stack,
    region,
    bundle: changed,
    command: serverlessLine(['deploy'], target),
    key: access !== 'key' ? 'none' : needed ? 'make' : 'keep',
    ...(template && built
      ? { changes: changesOf(template, deployed), costs: costsOf(template, storedBytes(built)) }
      : {}),
  };
}

/** @throws FreezeframeError `deploy-not-ready` with what is in the way. */
async function ready(
  options: DeployOptions,
  tell: Pick<Telling, 'examined'>,
): Promise<{ settings: StackSettings; target: StackOptions }> {
  const { findings, settings } = await examine(options, { deploying: true });
  tell.examined(findings);
  const failed = findings.filter(({ state }) => state === 'fail');
  if (settings && failed.length === 0) {
    // The framework and everything after it ask the same place.
    const { folder, parameters } = options;
    return { settings, target: { folder, parameters, stage: settings.stage, region: settings.region } };
  }
  throw new FreezeframeError(
    'deploy-not-ready',
    `Nothing was deployed:\n${failed.map(({ name, says }) => `  ${name}: ${says}`).join('\n')}`,
    { remedy: failed.map(({ remedy }) => remedy).join(' '), details: { findings } },
  );
}

async function bundleOptions({ folder, models }: DeployOptions, { architecture }: StackSettings) {
  const outDir = join(folder, 'build');
  const chosen = models ?? (await readBundle(outDir))?.chosen;
  return { arch: archOf(architecture), platform: 'linux', outDir, ...(chosen ? { models: chosen } : {}) } as const;
}

/** Most that the bucket for deployments comes to hold. */
function storedBytes({ units }: Pick<Bundle, 'units'>): number {
  return (KEPT + 1) * units.reduce((sum, { zipped }) => sum + zipped, 0);
}

/** What to do depends on what CloudFormation has made of it. */
async function failed(code: number | null, settings: StackSettings): Promise<FreezeframeError> {
  const state = await readStack(settings.stack, settings.region).catch(() => undefined);
  const { state: found, says, remedy } = describeStack(settings, state?.status);
  const message = `serverless deploy failed (exit code ${code}); what it said is above.`;
  return found === 'ok'
    ? new FreezeframeError('deploy-failed', message, {
        remedy: 'The stack is as it was. Mend what it names, and deploy again.',
      })
    : new FreezeframeError('deploy-failed', `${message} ${says}`, remedy === undefined ? {} : { remedy });
}

function wasStopped(stack: string, region: string): FreezeframeError {
  return new FreezeframeError(
    'deploy-stopped',
    'Deploying was stopped; what CloudFormation had begun goes on by itself.',
    {
      remedy: `See how far it is: aws cloudformation describe-stacks --stack-name ${stack} --region ${region}. Then deploy again.`,
    },
  );
}

/** Where the API answers. A local AWS (LocalStack's convention) has it below its own address. */
function addressOf(
  { HttpApiUrl, HttpApiId }: Readonly<Record<string, string>>,
  { stack, stage, region }: StackSettings,
): string {
  const local = process.env.AWS_ENDPOINT_URL;
  if (local && HttpApiId) return `${local}/_aws/execute-api/${HttpApiId}/$default`;
  if (HttpApiUrl) return HttpApiUrl.replace(/\/$/, '');
  throw new FreezeframeError('stack-outdated', `The stack ${stack} has no output HttpApiUrl.`, {
    remedy: `See what there is with: ${serverlessLine(['info', '--verbose'], { stage, region })}`,
  });
}

/** For a Unix shell and a Windows prompt alike. */
function curlOf(url: string, access: string, key: string): string {
  const credentials = {
    key: `-H "authorization: Bearer ${key}" `,
    jwt: '-H "authorization: Bearer TOKEN" ',
    iam: '--aws-sigv4 "aws:amz:REGION:execute-api" --user "KEY_ID:SECRET" ',
    public: '',
  }[access];
  const address = url.includes('$') ? `'${url}/classify'` : `${url}/classify`;
  return `curl ${credentials ?? ''}-H "content-type: image/jpeg" --data-binary @picture.jpg ${address}`;
}
