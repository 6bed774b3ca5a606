import { type ErrorCode, FreezeframeError } from '@freezeframe/inference';

/** What S3 and the SDK say, by the error's name or the system's code, and what to do. */
const KINDS: readonly { readonly code: ErrorCode; readonly names: readonly string[]; readonly remedy: string }[] = [
  {
    code: 'store-bucket-missing',
    names: ['NoSuchBucket', 'InvalidBucketName'],
    remedy: 'Make it (aws s3 mb s3://NAME), or name another one with --store or FREEZEFRAME_STORE.',
  },
  {
    code: 'store-denied',
    names: ['CredentialsProviderError', 'CredentialsError', 'TokenProviderError'],
    remedy: 'Name a profile (AWS_PROFILE=...) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  },
  {
    code: 'store-denied',
    names: ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'InvalidToken'],
    remedy: 'The credentials have expired: log in again.',
  },
  {
    code: 'store-denied',
    names: ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed', 'AuthorizationHeaderMalformed'],
    remedy: 'Check the credentials (AWS_PROFILE, AWS_ACCESS_KEY_ID), the region (AWS_REGION) and the clock.',
  },
  {
    code: 'store-denied',
    names: ['AccessDenied', 'AccessDeniedException', 'Forbidden', 'AllAccessDisabled', 'AccountProblem'],
    remedy:
      'Reading takes s3:GetObject and s3:ListBucket; writing s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload.',
  },
  {
    code: 'region-missing',
    names: ['Region is missing'],
    remedy: 'Set AWS_REGION=eu-central-1, say, or a region in the profile.',
  },
  {
    code: 'store-unreachable',
    names: ['PermanentRedirect', 'IllegalLocationConstraintException'],
    remedy: 'The bucket is in another region: set AWS_REGION to it.',
  },
  {
    code: 'store-not-conditional',
    names: ['NotImplemented'],
    remedy: 'The store takes conditional writes (If-Match, If-None-Match), as S3 has them since November 2024.',
  },
];

const UNREACHABLE = 'Check the network, AWS_REGION, and AWS_ENDPOINT_URL where it is set; then try again.';

/**
 * The error for what S3 or the way to it has answered. Every failure of the SDK is one of these: what nobody foresaw is
 * `store-unreachable`, with the SDK's own words.
 */
export function storeFailure(location: string, cause: unknown): FreezeframeError {
  if (cause instanceof FreezeframeError) return cause;
  const { name, message, code, $metadata } = (cause ?? {}) as Error & {
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  const known =
    KINDS.find(({ names }) => [name, code, message].some((word) => word !== undefined && names.includes(word))) ??
    (status === 403 ? KINDS.find(({ names }) => names.includes('Forbidden')) : undefined) ??
    (status === 301 ? KINDS.find(({ names }) => names.includes('PermanentRedirect')) : undefined);
  if (message?.startsWith('Region not accepted'))
    return storeFailure(location, new Error('Region is missing', { cause }));
  const said = message?.trim() || code || String(cause);
  const shown = name && name !== 'Error' && name !== said ? `${name}: ${said}` : said;
  return new FreezeframeError(known?.code ?? 'store-unreachable', `The store at ${location} does not serve: ${shown}`, {
    remedy: known?.remedy ?? UNREACHABLE,
    details: { store: location, ...(status === undefined ? {} : { status }) },
    cause,
  });
}

/** Whether a condition of a write did not hold, or somebody else wrote at the same moment: read again. */
export function isOvertaken(cause: unknown): boolean {
  const { name, $metadata } = (cause ?? {}) as Error & { $metadata?: { httpStatusCode?: number } };
  if (['PreconditionFailed', 'ConditionalRequestConflict'].includes(name)) return true;
  const status = $metadata?.httpStatusCode;
  return status === 412 || status === 409;
}

/** Whether there is no such object. A missing bucket is another failure. */
export function isAbsent(cause: unknown): boolean {
  const { name, $metadata } = (cause ?? {}) as Error & { $metadata?: { httpStatusCode?: number } };
  return name === 'NoSuchKey' || name === 'NotFound' || ($metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket');
}
