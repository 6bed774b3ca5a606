import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { listFunctions } from '../scripts/bundle/list-functions.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const serverless = fileURLToPath(new URL('../node_modules/serverless/bin/serverless.js', import.meta.url));

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}
interface Resource {
  Type: string;
  Properties: Record<string, unknown> & { PolicyDocument?: { Statement: Statement[] } };
}
interface Service {
  provider: { architecture: string; runtime: string; httpApi: { payload: string } };
  layers: Record<string, { package: { artifact: string } }>;
  functions: Record<
    string,
    { handler: string; role: string; timeout: number; package: { artifact: string }; events?: unknown[] }
  >;
  resources: { Resources?: Record<string, Resource> }[] | { Resources: Record<string, Resource> };
}

/** The configuration with every variable resolved; asks no account for anything. */
async function print(...parameters: string[]): Promise<Service> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [serverless, 'print', '--format', 'json', ...parameters.map((parameter) => `--param=${parameter}`)],
    { cwd: root, env: { ...process.env, SLS_NOTIFICATIONS_MODE: 'off' } },
  );
  return JSON.parse(stdout) as Service;
}

function resourcesOf({ resources }: Service): Record<string, Resource> {
  return Object.assign({}, ...[resources].flat().map((part) => part.Resources ?? {}));
}

describe('serverless.yml', () => {
  let service: Service;
  let resources: Record<string, Resource>;
  let statements: Statement[];
  beforeAll(async () => {
    service = await print();
    resources = resourcesOf(service);
    const inline = Object.values(resources).flatMap(
      ({ Properties }) => (Properties.Policies ?? []) as Resource['Properties'][],
    );
    statements = [...Object.values(resources).map(({ Properties }) => Properties), ...inline].flatMap(
      ({ PolicyDocument }) => PolicyDocument?.Statement ?? [],
    );
  });

  const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);

  it('deploys exactly the functions and layers that are bundled', async () => {
    expect(Object.keys(service.functions).sort()).toEqual(await listFunctions(root));
    for (const [
      name,
      {
        handler,
        package: { artifact },
      },
    ] of Object.entries(service.functions)) {
      // biome-ignore format: pairs
      expect([handler, artifact]).toEqual(['index.handler', `build/functions/${name}.zip`]);
    }
    expect(Object.values(service.layers).map((layer) => layer.package.artifact)).toEqual([
      'build/layers/inference.zip',
      'build/layers/model.zip',
    ]);
    expect(service.provider).toMatchObject({
      runtime: 'nodejs22.x',
      architecture: 'x86_64',
      httpApi: { payload: '2.0' },
    });
  });

  it('asks for signed requests unless public access is written out, and refuses other words', async () => {
    expect(service.functions.http?.events).toEqual([
      { httpApi: { method: '*', path: '*', authorizer: { type: 'aws_iam' } } },
    ]);
    const open = await print('access=public', 'architecture=arm64');
    expect(open.functions.http?.events).toEqual([{ httpApi: { method: '*', path: '*' } }]);
    expect(open.provider.architecture).toBe('arm64');
    await expect(print('access=everyone')).rejects.toThrow();
  });

  it('gives each function a role of its own that allows no wildcard', () => {
    const roles = Object.values(service.functions).map(({ role }) => role);
    expect(new Set(roles).size).toBe(roles.length);
    for (const role of roles) expect(resources[role]?.Type).toBe('AWS::IAM::Role');
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.length).toBeGreaterThan(8);
    for (const { Action, Resource, Principal } of allowed) {
      expect([Action].flat().join()).not.toContain('*');
      expect([Resource].flat()).not.toContain('*');
      expect(JSON.stringify(Principal ?? '')).not.toContain('*');
    }
  });

  it('keeps every bucket private, encrypted and behind TLS', () => {
    const buckets = ofType('AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const [name, { Properties }] of buckets) {
      const { PublicAccessBlockConfiguration: blocked } = Properties;
      expect(Object.values(blocked as object)).toEqual([true, true, true, true]);
      expect(Properties.BucketEncryption).toBeDefined();
      const policy = ofType('AWS::S3::BucketPolicy').find(
        ([, { Properties: p }]) => JSON.stringify(p.Bucket) === `{"Ref":"${name}"}`,
      );
      expect(policy?.[1].Properties.PolicyDocument?.Statement[0]).toMatchObject({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': false } },
      });
    }
  });

  it('gives the queue time for six attempts of the function, and a dead-letter queue', () => {
    const queue = resources.UploadsQueue?.Properties as { VisibilityTimeout: number; RedrivePolicy: unknown };
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * (service.functions.uploads?.timeout ?? 999));
    expect(queue.RedrivePolicy).toMatchObject({
      deadLetterTargetArn: { 'Fn::GetAtt': ['UploadsDeadLetterQueue', 'Arn'] },
    });
    expect(service.functions.uploads?.events).toMatchObject([
      { sqs: { functionResponseType: 'ReportBatchItemFailures' } },
    ]);
  });
});
