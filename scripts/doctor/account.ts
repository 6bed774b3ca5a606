import { FreezeframeError } from '@freezeframe/inference';
import { askAws, clientOptions, readStack, type StackSettings, serverlessLine } from '#stack';
import { formatBytes } from '#terminal';
import { bad, type Finding, fromError, ok } from './finding.ts';

/** An account must leave so many environments unreserved: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const UNRESERVED = 100;
/** So many environments a new account has. */
const NEW_ACCOUNT = 10;

export interface AccountQuestion {
  readonly region?: string | undefined;
  readonly settings?: StackSettings | undefined;
  /** Bytes that a deployment adds to the region's code. */
  readonly code?: number | undefined;
  /** What it means that one cannot deploy. */
  readonly missing: 'warn' | 'fail';
}

/** Asks the user's own account, and only where there are credentials: who, where, how much room. */
export async function checkAccount(question: AccountQuestion): Promise<Finding[]> {
  const { missing, settings } = question;
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const wanted = question.region ?? settings?.region;
  const options = { ...clientOptions(wanted), maxAttempts: 2 };
  const sts = new STSClient(options);
  const findings: Finding[] = [];
  let region: string;
  try {
    region = await askAws('The region cannot be found', sts.config.region());
    // What the other commands would ask, which know nothing of serverless.yml.
    const others = await new STSClient({}).config.region().catch(() => undefined);
    findings.push(describeRegion(region, question.region ?? others, missing));
  } catch (error) {
    return [fromError('region', missing, error)];
  }
  try {
    // Nothing is sent before there are credentials.
    await askAws('There are no credentials', sts.config.credentials());
    const { Arn = '', Account } = await askAws('AWS does not know you', sts.send(new GetCallerIdentityCommand({})));
    const root = Arn.endsWith(':root');
    const who = `${Arn} of account ${Account}`;
    const advice = 'It may do everything and cannot be held back: make a user or a role for deploying.';
    findings.push(
      root ? bad('credentials', 'warn', `the root user of account ${Account}`, advice) : ok('credentials', who),
    );
  } catch (error) {
    return [...findings, fromError('credentials', missing, error)];
  }
  findings.push(...(await checkLimits({ ...options, region }, question)));
  if (settings) findings.push(await checkStack({ ...settings, region }));
  return findings;
}

/** @param others where the user's environment or profile points, or what the command line says. */
export function describeRegion(region: string, others: string | undefined, missing: 'warn' | 'fail'): Finding {
  if (region === others) return ok('region', region);
  const remedy = `Say which: AWS_REGION=${others ?? region}, or --region.`;
  if (others === undefined) return bad('region', 'warn', `${region}, as nobody has said another one`, remedy);
  return bad(
    'region',
    missing,
    `serverless.yml deploys to ${region}, the environment or profile says ${others}`,
    remedy,
  );
}

async function checkLimits(options: object, { settings, code = 0 }: AccountQuestion): Promise<Finding[]> {
  const { GetAccountSettingsCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  try {
    const asked = new LambdaClient(options).send(new GetAccountSettingsCommand({}));
    const { AccountLimit = {}, AccountUsage = {} } = await askAws("Lambda's limits cannot be read", asked);
    return [
      describeConcurrency(AccountLimit.ConcurrentExecutions ?? 0, settings),
      describeStorage(AccountUsage.TotalCodeSize ?? 0, AccountLimit.TotalCodeSize ?? 0, code),
    ];
  } catch (error) {
    const finding = fromError('limits', 'warn', error);
    return [{ ...finding, remedy: 'To have them checked, allow lambda:GetAccountSettings.' }];
  }
}

/** @param limit environments at once, of all functions in the region. */
export function describeConcurrency(limit: number, settings?: StackSettings): Finding {
  const { reserved = 0, uploadsAtOnce = 0 } = settings ?? {};
  const raise = 'ask for more in Service Quotas (Lambda, concurrent executions)';
  const leaves = limit <= NEW_ACCOUNT ? limit : UNRESERVED;
  if (reserved > 0 && limit - reserved < leaves) {
    const says = `${reserved} are to be kept of ${limit} environments at once, of which ${leaves} must stay free`;
    return bad('concurrency', 'fail', says, `Lower httpConcurrency and classifyConcurrency, or ${raise}.`);
  }
  const says = `${limit} environments at once in the region`;
  if (limit > NEW_ACCOUNT && limit > uploadsAtOnce) return ok('concurrency', says);
  const less =
    uploadsAtOnce > 2 ? `Lower uploadsAtOnce (${uploadsAtOnce}), so that uploads leave room; or ${raise}.` : '';
  return bad('concurrency', 'warn', says, less || `More requests at once are refused: ${raise}.`);
}

/** @param adds bytes of the bundle's zips. */
export function describeStorage(used: number, limit: number, adds: number): Finding {
  const says = `${formatBytes(used)} of ${formatBytes(limit)} for code in the region`;
  const remedy =
    'Remove versions of layers and functions that nothing needs. docs/operate.md of @freezeframe/cli shows how, under "Take it down".';
  if (used + adds > limit) return bad('code-storage', 'fail', `${says}; this adds ${formatBytes(adds)}`, remedy);
  return used > 0.8 * limit ? bad('code-storage', 'warn', says, remedy) : ok('code-storage', says);
}

type StackPlace = Pick<StackSettings, 'stack' | 'stage' | 'region'>;

/** Can the stack be changed now? */
async function checkStack(place: StackPlace): Promise<Finding> {
  try {
    return describeStack(place, (await readStack(place.stack, place.region))?.status);
  } catch (error) {
    if (error instanceof FreezeframeError) return fromError('stack', 'warn', error);
    throw error;
  }
}

export function describeStack({ stack, stage, region }: StackPlace, status: string | undefined): Finding {
  if (status === undefined) return ok('stack', `${stack} is not there yet`);
  const says = `${stack}: ${status}`;
  if (status.endsWith('_IN_PROGRESS')) {
    return bad('stack', 'fail', says, 'Somebody is changing it: wait until that is over.');
  }
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED' || status === 'DELETE_FAILED') {
    const remove = serverlessLine(['remove'], { stage, region });
    return bad('stack', 'fail', says, `It cannot be changed any more: ${remove}, then deploy again.`);
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    const command = `aws cloudformation continue-update-rollback --stack-name ${stack} --region ${region}`;
    return bad('stack', 'fail', says, `Go on with: ${command}`);
  }
  return ok('stack', says);
}
