import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const WhatStays = require('../../resources/what-stays.cjs') as new (
  serverless: unknown,
  options: unknown,
  tools: unknown,
) => { hooks: Record<'before:remove:remove' | 'after:remove:remove', () => Promise<void>> };

const BUCKETS = ['ServerlessDeploymentBucket', 'UploadsBucket', 'ResultsBucket'];
const resources = BUCKETS.map(
  (id) =>
    `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id.toLowerCase()}</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType></member>`,
).join('');

let keys = ['me'];

/** As much of CloudFormation, S3, Lambda and Parameter Store as is asked. */
function answer(method: string, path: string, body: string): string | undefined {
  if (body.includes('DescribeStackResources')) {
    expect(body).toContain('freezeframe-dev');
    return `<R xmlns="x"><DescribeStackResourcesResult><StackResources>${resources}</StackResources></DescribeStackResourcesResult></R>`;
  }
  if (path.startsWith('/uploadsbucket')) {
    return '<ListVersionsResult><Version><Key>a</Key><VersionId>1</VersionId></Version></ListVersionsResult>';
  }
  if (path.startsWith('/resultsbucket')) return '<ListVersionsResult></ListVersionsResult>';
  if (path.endsWith('/layers/freezeframe-dev-model/versions')) {
    return JSON.stringify({ LayerVersions: [{ Version: 3 }, { Version: 1 }] });
  }
  if (path.includes('/layers/freezeframe-dev-model/versions/')) return '{"Content":{"CodeSize":4000000}}';
  if (path.endsWith('/layers/freezeframe-dev-inference/versions')) return '{"LayerVersions":[]}';
  if (method === 'POST' && body.includes('"Path"')) {
    expect(JSON.parse(body)).toMatchObject({ Path: '/freezeframe/dev/keys' });
    return JSON.stringify({ Parameters: keys.map((name) => ({ Name: `/freezeframe/dev/keys/${name}` })) });
  }
  return undefined;
}

describe('serverless remove', () => {
  let server: Server;
  let lines: string[];
  let endpoint: string;
  beforeEach(async () => {
    lines = [];
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const text = answer(request.method ?? '', (request.url ?? '').split('?')[0] as string, body);
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  const plugin = () => {
    const provider = {
      getStage: () => 'dev',
      getRegion: () => 'eu-central-1',
      naming: { getStackName: () => 'freezeframe-dev' },
      getAwsSdkV3Config: async () => ({
        endpoint,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        maxAttempts: 1,
      }),
    };
    const serverless = { service: { service: 'freezeframe' }, getProvider: () => provider };
    return new WhatStays(serverless, {}, { log: { warning: (line: string) => lines.push(line) } });
  };

  it('names, before, the buckets that it cannot remove', async () => {
    await plugin().hooks['before:remove:remove']();
    expect(lines).toEqual([
      expect.stringMatching(
        /^The bucket uploadsbucket holds .* aws s3 rm s3:\/\/uploadsbucket --recursive --region eu-central-1$/,
      ),
    ]);
  });

  it('names, afterwards, layers and keys', async () => {
    await plugin().hooks['after:remove:remove']();
    expect(lines).toEqual([
      expect.stringMatching(/^2 versions of the layer freezeframe-dev-model \(8 MB .* --version-number 3\|1$/),
      expect.stringMatching(/^1 key below \/freezeframe\/dev\/keys .* --names \/freezeframe\/dev\/keys\/me$/),
    ]);
  });

  it('names a command for each ten keys: Parameter Store takes no more', async () => {
    keys = Array.from({ length: 11 }, (_, i) => `k${i}`);
    await plugin().hooks['after:remove:remove']();
    keys = ['me'];
    const command = 'aws ssm delete-parameters --region eu-central-1 --names';
    expect(lines[1]).toMatch(new RegExp(`^11 keys .*${command}( \\S+){10} && ${command} /freezeframe/dev/keys/k10$`));
  });

  it('is not stopped by what cannot be found out', async () => {
    server.close();
    server.closeAllConnections();
    await plugin().hooks['after:remove:remove']();
    expect(lines).toEqual([expect.stringMatching(/^What stays could not be found out/)]);
  });
});
