import { FreezeframeError } from '@freezeframe/inference';
import { askAws } from './aws-failure.ts';

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
