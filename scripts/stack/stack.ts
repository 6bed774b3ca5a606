import { FreezeframeError } from '@freezeframe/inference';

const REMEDIES: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'Name a profile (AWS_PROFILE=...) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ExpiredTokenException: 'The credentials have expired: log in again.',
  ExpiredToken: 'The credentials have expired: log in again.',
  AccessDeniedException: 'The credentials may not do this: ask whoever gives the rights.',
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
        remedy: 'Set AWS_REGION=eu-central-1, say, or a region in the profile.',
      });
    }
    const remedy = REMEDIES[cause.name] ?? 'Check the region (AWS_REGION) and the account (AWS_PROFILE).';
    throw new FreezeframeError('aws-refused', `${what}: ${cause.name}: ${cause.message}`, { cause, remedy });
  }
}

/** The stack's name, as `serverless deploy` makes it. */
export function stackName(stage = process.env.STAGE ?? 'dev'): string {
  return `freezeframe-${stage}`;
}

/** @throws FreezeframeError `stack-not-found`, `stack-outdated` (no such output), `aws-refused`. */
export async function stackOutput(stack: string, output: string): Promise<string> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient({});
  const asked = client.send(new DescribeStacksCommand({ StackName: stack })).catch((cause: Error) => {
    if (!/does not exist/.test(cause.message)) throw cause;
    throw new FreezeframeError('stack-not-found', `There is no stack ${stack} in this account and region.`, {
      cause,
      remedy: 'Deploy it (npx serverless deploy --stage NAME), or name another one with --stage.',
    });
  });
  const { Stacks } = await askAws(`The stack ${stack} cannot be read`, asked);
  const found = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
  if (found) return found;
  throw new FreezeframeError('stack-outdated', `The stack ${stack} has no output ${output}.`, {
    remedy: 'It is of an older version: deploy again.',
  });
}
