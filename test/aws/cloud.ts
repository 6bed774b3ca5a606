import { randomBytes } from 'node:crypto';
import { MINISTACK, startMiniStack } from './ministack.ts';
import { NO_ACCOUNT } from './package-stack.ts';

/** Something to deploy to: a local AWS, or a real account. */
export interface Cloud {
  readonly local: boolean;
  /** Of the local AWS's process. */
  readonly pid?: number;
  readonly stage: string;
  /** For every program and SDK that asks it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where an HTTP API of this id answers, without a slash at the end. */
  apiUrl(id: string): string;
  close(): Promise<void>;
}

/** A profile of a real account, which is charged for it. */
const { E2E_AWS_PROFILE } = process.env;

/** Why there is nothing to deploy to. */
export const NO_CLOUD =
  MINISTACK || E2E_AWS_PROFILE
    ? undefined
    : 'set MINISTACK to the program of PyPI’s ministack, or E2E_AWS_PROFILE to the profile of an account';

export async function openCloud(): Promise<Cloud> {
  if (E2E_AWS_PROFILE) return account(E2E_AWS_PROFILE);
  if (NO_CLOUD) throw new Error(NO_CLOUD);
  return ministack();
}

function account(profile: string): Cloud {
  const region = process.env.AWS_REGION ?? 'eu-central-1';
  return {
    local: false,
    stage: `e2e-${randomBytes(3).toString('hex')}`,
    environment: { AWS_PROFILE: profile, AWS_REGION: region, HOME: process.env.HOME ?? '' },
    apiUrl: (id) => `https://${id}.execute-api.${region}.amazonaws.com`,
    close: async () => {},
  };
}

async function ministack(): Promise<Cloud> {
  const { endpoint, pid, close } = await startMiniStack();
  return {
    pid,
    local: true,
    stage: 'e2e',
    environment: { ...NO_ACCOUNT, AWS_ENDPOINT_URL: endpoint },
    apiUrl: (id) => `${endpoint}/_aws/execute-api/${id}/$default`,
    close,
  };
}
