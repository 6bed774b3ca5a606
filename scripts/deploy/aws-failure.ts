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
