import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTree } from '../../scripts/bundle/files/tree.ts';
import { stackFiles } from '../../scripts/packages/stack-files.ts';
import { type Packaged, packageStack } from '../aws/package-stack.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');

/** A project that has installed the package, with this serverless.yml. */
async function makeProject(folder: string, config: string, files: readonly string[] = []): Promise<void> {
  const modules = join(folder, 'node_modules');
  const cli = join(modules, '@freezeframe', 'cli');
  await mkdir(dirname(cli), { recursive: true });
  await writeTree(await stackFiles(ROOT), cli);
  const manifest = { name: '@freezeframe/cli', exports: { './stack': './resources/stack.cjs' } };
  await writeFile(join(cli, 'package.json'), JSON.stringify(manifest));
  await symlink(join(ROOT, 'node_modules', 'serverless'), join(modules, 'serverless'), 'junction');
  await writeFile(join(folder, 'serverless.yml'), config);
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
}

const HEAD = `frameworkVersion: ^4.3.0
plugins: ['@freezeframe/cli/stack']
provider:
  name: aws
`;

describe("a project's serverless.yml on top of ours", () => {
  let work: string;
  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe übung '));
  });
  afterEach(() => rm(work, { recursive: true, force: true }));
  const packaged = (config: string, files: readonly string[] = [], parameters: readonly string[] = []) =>
    packageStack(parameters, { service: (folder: string) => makeProject(folder, `${config}\n${HEAD}`, files) });
  const parts = ({ template }: Packaged) => template.Resources;

  it('deploys what a clone deploys, where it says nothing itself', async () => {
    const [ours, theirs] = [parts(await packageStack()), parts(await packaged('service: freezeframe'))];
    expect(Object.keys(theirs)).toEqual(Object.keys(ours));
    const differs = Object.keys(ours).filter((id) => JSON.stringify(ours[id]) !== JSON.stringify(theirs[id]));
    expect(differs.map((id) => [ours[id], theirs[id]])).toEqual([]);
  }, 180_000);

  it('adds functions, routes and resources, and changes settings', async () => {
    const config = `service: my-classifier
params:
  default: { memory: 2048 }
functions:
  thumb:
    role: ClassifyRole
    events: [{ httpApi: POST /thumb }]
  http: { timeout: 20 }
resources:
  Resources:
    Topic: { Type: AWS::SNS::Topic }`;
    const { Resources } = (await packaged(config, ['functions/thumb/index.ts', 'build/functions/thumb.zip'])).template;
    const functionOf = (id: string) => Resources[`${id}LambdaFunction`]?.Properties;
    expect(functionOf('Thumb')).toMatchObject({
      FunctionName: 'my-classifier-dev-thumb',
      Handler: 'index.handler',
      MemorySize: 2048,
    });
    expect(functionOf('Thumb')?.Layers).toEqual(functionOf('Classify')?.Layers);
    expect(functionOf('Http')).toMatchObject({ MemorySize: 2048, Timeout: 20 });
    expect(Resources.HttpApiRoutePostThumb?.Properties.RouteKey).toBe('POST /thumb');
    expect(Resources.Topic?.Type).toBe('AWS::SNS::Topic');
    expect(Resources.ThumbLambdaFunctionLiveAlias?.Type).toBe('AWS::Lambda::Alias');
    expect(functionOf('Http')?.Environment.Variables.API_KEYS_PATH).toBe('/my-classifier/dev/keys');
  });

  it.each([
    ['nothing said', '', [], {}, 'dev', 'us-east-1'],
    ['the command line', '', ['--stage', 'prod', '--region', 'eu-north-1'], {}, 'prod', 'eu-north-1'],
    ['AWS_REGION', '', [], { AWS_REGION: 'eu-west-1' }, 'dev', 'eu-west-1'],
    ['the file', '  stage: beta\n  region: us-east-1', [], { AWS_REGION: 'eu-west-1' }, 'beta', 'us-east-1'],
    [
      'both',
      '  stage: beta\n  region: us-east-1',
      ['--stage', 'prod', '--region', 'eu-west-1'],
      {},
      'prod',
      'eu-west-1',
    ],
  ])('has stage and region of: %s', async (_, lines, words, environment, stage, region) => {
    await makeProject(work, `service: my-classifier\n${HEAD}${lines}\n`);
    const script = join(work, 'node_modules', 'serverless', 'bin', 'serverless.js');
    const { AWS_REGION: __, AWS_DEFAULT_REGION: ___, ...env } = process.env;
    const { stdout } = await run(process.execPath, [script, 'print', '--format', 'json', ...words], {
      cwd: work,
      env: { ...env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...environment },
    });
    const { provider, functions } = JSON.parse(stdout.slice(stdout.indexOf('{')));
    expect(provider).toMatchObject({ stage, region });
    expect(functions.http.environment.API_KEYS_PATH).toBe(`/my-classifier/${stage}/keys`);
  });

  it('refuses settings that do not exist, as a clone does', async () => {
    await expect(packaged('service: my-classifier\nparams: { default: { memorry: 1024 } }')).rejects.toThrow(
      /no setting "memorry"; memory is probably meant/,
    );
  });
});
