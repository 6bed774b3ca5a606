import { FreezeframeError } from '@freezeframe/inference';
import { clientOptions } from './client-options.ts';
import { serviceName } from './service.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'Name a profile (AWS_PROFILE=...) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ExpiredTokenException: 'The credentials have expired: log in again.',
  ExpiredToken: 'The credentials have expired: log in again.',
  AccessDeniedException: 'The credentials may not do this: ask whoever gives the rights.',
  TimeoutError: 'Nothing answers: check the network and AWS_ENDPOINT_URL.',
  AccessDenied: 'The credentials may not do this: ask whoever gives the rights.',
};

/** Waits for AWS. @throws FreezeframeError `aws-refused` in place of the SDK's errors, `region-missing`. */
export async function askAws<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof FreezeframeError || !(cause instanceof Error)) throw cause;
    if (cause.message === 'Region is missing') {
      throw new FreezeframeError('region-missing', 'It is not known which region to ask.', {
        cause,
        remedy: 'Say which: --region eu-central-1, AWS_REGION, or a region in the profile.',
      });
    }
    const remedy = REMEDIES[cause.name] ?? 'Check the region (AWS_REGION) and the account (AWS_PROFILE).';
    throw new FreezeframeError('aws-refused', `${what}: ${cause.name}: ${cause.message}`, { cause, remedy });
  }
}

/** The stack's name, as `serverless deploy` makes it. */
export function stackName(stage = 'dev'): string {
  return `${serviceName()}-${stage}`;
}

interface StackState {
  /** CloudFormation's word: `UPDATE_COMPLETE`. */
  readonly status: string;
  /** By name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A stack as it is now; undefined where there is none. @throws FreezeframeError `aws-refused`, `region-missing`. */
export async function readStack(stack: string, region?: string): Promise<StackState | undefined> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(clientOptions(region));
  const asked = client.send(new DescribeStacksCommand({ StackName: stack })).catch((error: Error) => {
    if (/does not exist/.test(error.message)) return undefined;
    throw error;
  });
  const found = (await askAws(`The stack ${stack} cannot be read`, asked))?.Stacks?.[0];
  if (!found) return undefined;
  const outputs = (found.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  return { status: found.StackStatus ?? '', outputs: Object.fromEntries(outputs) };
}

/** @throws FreezeframeError `stack-not-found`, `stack-outdated` (no such output), `aws-refused`. */
export async function stackOutput(stack: string, output: string): Promise<string> {
  const state = await readStack(stack);
  if (!state) {
    throw new FreezeframeError('stack-not-found', `There is no stack ${stack} in this account and region.`, {
      remedy: 'Deploy it (npx freezeframe deploy --stage NAME), or name another one with --stage.',
    });
  }
  const found = state.outputs[output];
  if (found) return found;
  throw new FreezeframeError('stack-outdated', `The stack ${stack} has no output ${output}.`, {
    remedy: 'It is of an older version: deploy again.',
  });
}
