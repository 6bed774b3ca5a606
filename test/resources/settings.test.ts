import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../functions/http/routes/index.ts';
import { parseS3Place } from '../../functions/shared/models/place.ts';
import { parseWanted } from '../../functions/shared/models/plan.ts';

type Value = string | number | boolean;
type Settings = Record<string, unknown> & { routes: { httpApi: unknown }[] };

const require = createRequire(import.meta.url);
const settings = require('../../resources/settings.cjs') as (tools: {
  resolveVariable(name: string): Promise<Value>;
}) => Promise<Settings>;

const { defaults, PARAMETERS } = require('../../resources/parameters.cjs') as {
  defaults: Record<string, Value>;
  PARAMETERS: Record<string, { means: string; takes: string }>;
};

/** As the framework resolves them: from the command line, then from the defaults. */
const resolve = (changed: Record<string, Value>, { stage = 'dev', stages = {} } = {}) => {
  const known: Record<string, unknown> = {
    'self:service': 'freezeframe',
    'sls:stage': stage,
    'opt:param, null': Object.entries(changed).map(([name, value]) => `${name}=${value}`),
    'self:params, null': { default: defaults, ...stages },
  };
  const param = (name: string) => ({ ...defaults, ...changed })[name.replace('param:', '')];
  return settings({ resolveVariable: async (name) => (name in known ? known[name] : param(name)) as Value });
};

describe('settings', () => {
  it.each(['key', 'public'])('leave %s to the function', async (access) => {
    expect((await resolve({ access })).routes).toEqual([{ httpApi: '*' }]);
  });

  it('let the functions read what a store’s models take, and nothing where there is none', async () => {
    expect((await resolve({})).sharedModels).toEqual({ Ref: 'AWS::NoValue' });
    const uris = [
      ['s3://our-models/team/a', 'team/a/models/'],
      ['s3://our-models/', 'models/'],
    ] as const;
    for (const [modelsUri, prefix] of uris) {
      const { PolicyDocument } = (await resolve({ modelsUri })).sharedModels as { PolicyDocument: object };
      const arn = (path: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::our-models${path}` });
      const Effect = 'Allow';
      expect(PolicyDocument).toMatchObject({
        Statement: [
          { Effect, Action: 's3:GetObject', Resource: arn(`/${prefix}*`) },
          { Effect, Action: 's3:ListBucket', Resource: arn(''), Condition: { StringEquals: { 's3:prefix': prefix } } },
        ],
      });
    }
  });

  it.each(['s3://our-models/team', 's3://our-models', 's3://UP/x', 's3://b/x y', 's3://our-models/../x', 'our-models'])(
    'take the place %s of a store, or not, as the functions do',
    async (modelsUri) => {
      const taken = (work: () => unknown) =>
        Promise.resolve()
          .then(work)
          .then(
            () => true,
            () => false,
          );
      expect(await taken(() => resolve({ modelsUri }))).toBe(await taken(() => parseS3Place(modelsUri)));
    },
  );

  it.each([
    'a',
    'a@b',
    'a,b@c',
    'a@1',
    'A',
    'a@',
    'a@b@c',
    'a-b@c-d',
    'a--b',
    'a-',
    'a_b',
    `${'a'.repeat(64)}`,
    'a'.repeat(65),
  ])('take the models %s, or not, as the functions do', async (models) => {
    const taken = (work: () => unknown) =>
      Promise.resolve()
        .then(work)
        .then(
          () => true,
          () => false,
        );
    expect(await taken(() => resolve({ models }))).toBe(await taken(() => parseWanted(models)));
  });

  it('sign everything but what the function leaves open', async () => {
    const { routes } = await resolve({ access: 'iam' });
    const open = ROUTES.filter((route) => route.open).map(({ method, path }) => `${method} ${path}`);
    expect(routes[0]).toEqual({ httpApi: { method: '*', path: '*', authorizer: { type: 'aws_iam' } } });
    const named = routes.slice(1).map(({ httpApi }) => httpApi);
    expect(named.toSorted()).toEqual([...open, 'OPTIONS /{proxy+}'].sort());
  });

  it('give the queue six attempts, and wait for an event in doubt longer than for any receipt', async () => {
    expect((await resolve({ timeout: 100, batchWindow: 2 })).visibility).toBe(602);
    // An hour on the bus, and three deliveries; then one more for whoever sent it.
    expect((await resolve({ timeout: 10, batchWindow: 0 })).lease).toBe(3600 + 4 * 60);
    // SQS hides a message for twelve hours at most.
    expect((await resolve({ timeout: 900, batchWindow: 300 })).lease).toBeLessThan(12 * 3600);
  });

  it.each([
    [{ access: 'anybody' }, /--param="access=key".*\n.*--param="access=iam"/],
    [{ access: '' }, /Nobody has said who may call the API/],
    [{ access: 'toString' }, /Nobody has said who may call the API/],
    [{ access: 'jwt' }, /--param="jwtIssuer=https:/],
    [{ access: 'jwt', jwtIssuer: 'http://id.example.org', jwtAudience: 'a' }, /--param="jwtIssuer=https:/],
    [{ access: 'jwt', jwtIssuer: 'https://id.example.org' }, /--param="jwtAudience=/],
    [{ jwtAudience: 'a' }, /say --param="access=jwt" too/],
    [{ timeout: 901 }, /^Expected a whole number from 1 to 900/],
    [{ timeout: 'soon' }, /for timeout but received "soon"/],
    [{ batchSize: 100, batchWindow: 0 }, /say --param="batchWindow=1"/],
    [{ batchSize: 10_001 }, /from 1 to 10000 for batchSize/],
    [{ attempts: 0 }, /from 1 to 1000 for attempts but received 0/],
    [{ attempts: 2.5 }, /whole number/],
    [{ memory: '1e3' }, /whole number/],
    [{ readBuckets: 's3://my-bucket/photos' }, /without s3:\/\//],
    [{ readBuckets: 'photos,Photos' }, /a bucket's name/],
    [{ corsOrigins: 'example.org' }, /with its scheme/],
    [{ corsOrigins: 'https://a.example/page' }, /without a path/],
    [{ runtime: 'python3.12' }, /^Expected nodejs22.x or nodejs24.x for runtime but received "python3.12"/],
    [{ architecture: 'x64' }, /x86_64 or arm64/],
    [{ tracing: 'yes' }, /true or false/],
    [{ alarmEmail: 'me' }, /an e-mail address; or nothing/],
    [{ logRetentionDays: 31 }, /for logRetentionDays/],
    [{ retries: 3 }, /from 0 to 2/],
    [{ memroy: 512 }, /^There is no setting "memroy"; memory is probably meant/],
    [{ quite_another: 1 }, /^There is no setting "quite_another"\.$/m],
  ])('refuse %j, and say what to do', async (changed, says) => {
    await expect(resolve(changed as Record<string, Value>)).rejects.toThrow(says);
  });

  it('say everything that is wrong at once', async () => {
    await expect(resolve({ attempts: 0, memroy: 1 })).rejects.toThrow(/memroy[\s\S]*attempts/);
  });

  it('take every default, what a stage says, and a name of at most 43 characters for it', async () => {
    await resolve({}, { stage: 's'.repeat(43) });
    await expect(resolve({}, { stage: 's'.repeat(44) })).rejects.toThrow(/at most 43 characters/);
    await expect(resolve({}, { stage: 'a.b' })).rejects.toThrow(/for the stage/);
    await resolve({}, { stages: { prod: { memory: 3008 } } });
    await expect(resolve({}, { stages: { prod: { memroy: 3008 } } })).rejects.toThrow(/memroy/);
  });

  it('take what is right in more than one form', async () => {
    await resolve({
      corsOrigins: 'https://a.example, http://localhost:5173',
      readBuckets: 'photos,more.photos',
      tracing: 'true',
    });
    await resolve({ batchSize: 100, batchWindow: 1, alarmEmail: 'me@example.org', httpConcurrency: 20 });
    await resolve({ corsOrigins: '*' });
  });

  it('are all explained', () => {
    for (const { means, takes } of Object.values(PARAMETERS))
      for (const text of [means, takes]) expect(text).toBeTruthy();
  });
});
