import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { FakeAws } from './fake-aws.ts';

const VARIABLES = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };

/** A fake AWS for the tests of a file; the real SDK talks to it. `environment` is set for them too. */
export function useAws(environment: Record<string, string> = {}): FakeAws {
  const aws = new FakeAws();
  const variables = { ...VARIABLES, ...environment };
  beforeAll(async () => {
    Object.assign(process.env, variables, { AWS_ENDPOINT_URL: await aws.listen() });
  });
  afterEach(() => {
    aws.fault = () => undefined;
    vi.restoreAllMocks();
  });
  afterAll(async () => {
    for (const name of [...Object.keys(variables), 'AWS_ENDPOINT_URL']) delete process.env[name];
    await aws.close();
  });
  return aws;
}
