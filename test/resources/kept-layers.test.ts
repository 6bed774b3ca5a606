import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const KeptLayers = require('../../resources/kept-layers.cjs') as new (
  serverless: unknown,
  options: unknown,
  tools: unknown,
) => { hooks: Record<'before:aws:deploy:finalize:cleanup', () => void> };

const FOLDER = 'serverless/freezeframe/dev';
const TEMPLATE = 'compiled-cloudformation-template.json';
const layer = (folder: string, name: string) => ({
  Type: 'AWS::Lambda::LayerVersion',
  Properties: { Content: { S3Key: `${FOLDER}/${folder}/${name}.zip` } },
});

/** The second deployment names a layer of the first one. */
const OBJECTS: Readonly<Record<string, string>> = {
  [`${FOLDER}/1/${TEMPLATE}`]: JSON.stringify({ Resources: { A: layer('1', 'inference'), B: layer('1', 'model') } }),
  [`${FOLDER}/1/inference.zip`]: '',
  [`${FOLDER}/1/model.zip`]: '',
  [`${FOLDER}/2/${TEMPLATE}`]: JSON.stringify({
    Resources: { A: layer('1', 'inference'), B: layer('2', 'model'), C: { Type: 'AWS::S3::Bucket' } },
  }),
  [`${FOLDER}/2/model.zip`]: '',
};
const FIRST = Object.keys(OBJECTS)
  .filter((key) => key.startsWith(`${FOLDER}/1/`))
  .map((Key) => ({ Key }));

describe('removing earlier deployments', () => {
  let server: Server;
  let said: string[];
  /** What is removed after a deployment, where the framework chooses the whole folder of the first. */
  let removed: () => Promise<{ Key: string }[]>;
  beforeEach(async () => {
    said = [];
    server = createServer((request, response) => {
      const path = decodeURIComponent((request.url ?? '').split('?')[0] as string);
      const list = Object.keys(OBJECTS).map((key) => `<Contents><Key>${key}</Key></Contents>`);
      response.end(OBJECTS[path.replace('/code/', '')] ?? `<ListBucketResult>${list.join('')}</ListBucketResult>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const provider = {
      getStage: () => 'dev',
      getDeploymentPrefix: () => 'serverless',
      getAwsSdkV3Config: async () => ({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        maxAttempts: 1,
      }),
    };
    const deploy = { bucketName: 'code', getObjectsToRemove: async () => FIRST };
    const serverless = {
      service: { service: 'freezeframe' },
      getProvider: () => provider,
      pluginManager: { plugins: [{}, deploy] },
    };
    const plugin = new KeptLayers(serverless, {}, { log: { warning: (line: string) => said.push(line) } });
    plugin.hooks['before:aws:deploy:finalize:cleanup']();
    removed = () => deploy.getObjectsToRemove();
  });
  afterEach(() => server.close());

  it('leaves the layers that a kept deployment names, which going back to it needs', async () => {
    expect((await removed()).map(({ Key }) => Key)).toEqual([`${FOLDER}/1/${TEMPLATE}`, `${FOLDER}/1/model.zip`]);
    expect(said).toEqual([]);
  });

  it('removes nothing where that cannot be found out', async () => {
    server.close();
    server.closeAllConnections();
    expect(await removed()).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^Earlier deployments are not removed/)]);
  });
});
