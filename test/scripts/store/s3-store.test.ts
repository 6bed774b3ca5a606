import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { S3Server } from '../../aws/s3-server.ts';
import { storeContract } from './contract.ts';
import { CREDENTIALS, s3Place } from './s3-places.ts';

const server = new S3Server();
server.buckets.add('models');
const before = { ...process.env };
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'freezeframe-s3-'));
  Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL: await server.listen() });
});
afterAll(async () => {
  for (const name of [...Object.keys(CREDENTIALS), 'AWS_ENDPOINT_URL']) delete process.env[name];
  Object.assign(process.env, before);
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});

storeContract('S3 (in memory)', () => s3Place('models', scratch));
