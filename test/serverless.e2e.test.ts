import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../functions/http/routes/index.ts';
import { listFunctions } from '../scripts/bundle/list-functions.ts';
import { type Packaged, packageStack, type Resource, type Template } from './aws/package-stack.ts';
import { statementsOf, violations } from './aws/policy.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const ofType = ({ Resources }: Template, type: string) =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);
const properties = ({ Resources }: Template, id: string) => (Resources[id] as Resource).Properties;
const routesOf = (template: Template) =>
  Object.fromEntries(
    ofType(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]),
  );

/** Twice, to be compared. */
const plain = Promise.all([packageStack(), packageStack()]);

describe('serverless package, with nothing set', () => {
  let packaged: Packaged;
  let template: Template;
  let again: Packaged;
  beforeAll(async () => {
    [packaged, again] = await plain;
    template = packaged.template;
  });

  it('writes the same bytes again', () => {
    expect(again.files).toEqual(packaged.files);
  });

  it('has nothing that must not be there', () => {
    expect(violations(template)).toEqual([]);
  });

  it('deploys exactly the functions that are bundled, with both layers', async () => {
    const functions = ofType(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    const names = (await listFunctions(root)).map((name) => `freezeframe-dev-${name}`);
    expect(functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(names);
    for (const one of functions) {
      expect(one).toMatchObject({ Handler: 'index.handler', Runtime: 'nodejs22.x', Architectures: ['x86_64'] });
      expect(one.Layers).toEqual([{ Ref: 'InferenceLambdaLayer' }, { Ref: 'ModelLambdaLayer' }]);
      expect(one.ReservedConcurrentExecutions ?? { Ref: 'AWS::NoValue' }).toEqual({ Ref: 'AWS::NoValue' });
    }
    for (const [, layer] of ofType(template, 'AWS::Lambda::LayerVersion')) {
      expect(layer.UpdateReplacePolicy).toBe('Retain');
    }
  });

  it('lets nobody else do anything', () => {
    const roles = ofType(template, 'AWS::IAM::Role').map(([id]) => id);
    expect(roles.sort()).toEqual(['BatchRole', 'ClassifyRole', 'HttpRole', 'UploadsRole']);
  });

  it('asks for keys', () => {
    expect(properties(template, 'HttpLambdaFunction').Environment.Variables).toMatchObject({
      API_AUTH: 'key',
      API_KEYS_PATH: '/freezeframe/dev/keys',
    });
    expect(routesOf(template)).toEqual({ $default: undefined });
  });

  it('throttles the stage', () => {
    expect(properties(template, 'HttpApiStage').DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 100,
      ThrottlingBurstLimit: 200,
    });
  });

  it('calls nothing but the alias live, which points at the version of this deployment', () => {
    for (const [id] of ofType(template, 'AWS::Lambda::Function')) {
      const { FunctionVersion, Name } = properties(template, `${id}LiveAlias`);
      expect(Name).toBe('live');
      const [version] = FunctionVersion['Fn::GetAtt'];
      expect(template.Resources[version]).toMatchObject({ Type: 'AWS::Lambda::Version', DeletionPolicy: 'Retain' });
    }
    const callers = [
      properties(template, 'HttpApiIntegrationHttp').IntegrationUri,
      properties(template, 'UploadsEventSourceMappingSQSUploadsQueue').FunctionName,
      ...ofType(template, 'AWS::Events::Rule')
        .flatMap(([, { Properties }]) => Properties.Targets)
        .map(({ Arn }) => Arn)
        .filter((arn) => JSON.stringify(arn).includes('LambdaFunction')),
      ...ofType(template, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties.FunctionName),
    ];
    expect(callers.length).toBeGreaterThanOrEqual(5);
    for (const caller of callers) expect(JSON.stringify(caller)).toMatch(/"live"\]/);
    const { DefinitionSubstitutions } = properties(template, 'BatchStateMachine');
    expect(DefinitionSubstitutions.ClassifyFunctionArn).toEqual({ Ref: 'ClassifyLambdaFunctionLiveAlias' });
  });

  it('keeps asynchronous invocations that failed, whether they named the alias or not', () => {
    for (const [id, Qualifier] of Object.entries({
      ClassifyLambdaEvConf: 'live',
      ClassifyLambdaEvConfLatest: '$LATEST',
    })) {
      expect(properties(template, id)).toMatchObject({
        Qualifier,
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['ClassifyFailuresQueue', 'Arn'] } } },
      });
    }
  });

  it('gives the queue time for six attempts of the function, a batch window, and a dead-letter queue', () => {
    expect(properties(template, 'UploadsQueue')).toMatchObject({
      VisibilityTimeout: 361,
      MessageRetentionPeriod: 604_800,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['UploadsDeadLetterQueue', 'Arn'] }, maxReceiveCount: 5 },
    });
    expect(properties(template, 'UploadsEventSourceMappingSQSUploadsQueue')).toMatchObject({
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 50 },
    });
  });

  it('keeps results for their time, and a way back', () => {
    expect(properties(template, 'ResultsTable')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(properties(template, 'IdempotencyTable').TimeToLiveSpecification.AttributeName).toBe('expiration');
  });

  it('returns receipts of events to a queue of their own, and waits for an event in doubt longer than for any receipt', () => {
    const [target] = properties(template, 'ReceiptsRule').Targets;
    expect(properties(template, 'ReceiptsRule').EventPattern).toEqual({
      source: ['freezeframe'],
      'detail-type': ['PictureClassified'],
    });
    expect(target).toMatchObject({
      Arn: { 'Fn::GetAtt': ['ReceiptsQueue', 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['ReceiptsDeadLetterQueue', 'Arn'] } },
    });
    expect(properties(template, 'UploadsEventSourceMappingSQSReceiptsQueue').FunctionResponseTypes).toHaveLength(1);
    const { VisibilityTimeout, RedrivePolicy } = properties(template, 'ReceiptsQueue');
    const latest = target.RetryPolicy.MaximumEventAgeInSeconds + RedrivePolicy.maxReceiveCount * VisibilityTimeout;
    for (const name of ['Uploads', 'Classify']) {
      const { Timeout, Environment } = properties(template, `${name}LambdaFunction`);
      expect(Number(Environment.Variables.EVENT_LEASE_SECONDS)).toBeGreaterThan(latest + Timeout);
    }
  });

  it('keeps what a rule could not deliver', () => {
    const targets = ofType(template, 'AWS::Events::Rule').flatMap(([, { Properties }]) => Properties.Targets);
    expect(targets).toHaveLength(2);
    for (const { DeadLetterConfig } of targets) {
      const [queue] = DeadLetterConfig.Arn['Fn::GetAtt'];
      const policy = JSON.stringify(properties(template, `${queue}Policy`));
      expect(policy).toContain('events.amazonaws.com');
    }
  });

  it('takes notifications of its own bucket alone, and removes pictures of forms in time', () => {
    const [{ Condition }] = properties(template, 'UploadsQueuePolicy').PolicyDocument.Statement;
    expect(Condition.ArnLike['aws:SourceArn']).toEqual([{ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::freezeframe-dev*` }]);
    expect(properties(template, 'UploadsBucket').LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ Prefix: 'api/', ExpirationInDays: 30 }),
    );
  });

  it('has no rights of tracing, and none to read versions, where there are none', () => {
    const all = JSON.stringify(template.Resources);
    expect(all).not.toContain('xray:');
    expect(all).not.toContain('s3:GetObjectVersion');
  });

  it('tags what can be tagged', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      expect(Properties.Tags).toEqual([
        { Key: 'service', Value: 'freezeframe' },
        { Key: 'stage', Value: 'dev' },
      ]);
    }
  });
});

describe('serverless package, with everything set', () => {
  let template: Template;
  beforeAll(async () => {
    const parameters = [
      'access=jwt',
      'jwtIssuer=https://id.example.org/pool',
      'jwtAudience=one,two',
      'jwtScopes=pictures.ask',
      'architecture=arm64',
      'runtime=nodejs24.x',
      'memory=3008',
      'timeout=120',
      'httpConcurrency=20',
      'batchWindow=5',
      'attempts=3',
      'requestsPerSecond=7',
      'logRetentionDays=90',
      'alarmEmail=me@example.org',
      'corsOrigins=https://a.example,https://b.example',
      'readBuckets=photos',
      'tracing=true',
    ];
    ({ template } = await packageStack(parameters, { architecture: 'arm64' }));
  });

  it('has nothing that must not be there', () => {
    expect(violations(template)).toEqual([]);
  });

  it('does each thing that is set', () => {
    const http = properties(template, 'HttpLambdaFunction');
    expect(http).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      MemorySize: 3008,
      Timeout: 29,
      TracingConfig: { Mode: 'Active' },
    });
    expect(Number(http.ReservedConcurrentExecutions)).toBe(20);
    expect(http.Environment.Variables.POWERTOOLS_TRACE_ENABLED).toBe('true');
    expect(http.Environment.Variables.ALLOWED_BUCKETS['Fn::Join'][1]).toEqual([{ Ref: 'UploadsBucket' }, 'photos']);
    for (const name of ['Http', 'Uploads', 'Classify']) {
      const statements = statementsOf(template.Resources[`${name}Role`] as Resource);
      const actions = statements.flatMap(({ Action }) => [Action].flat());
      expect(actions).toEqual(expect.arrayContaining(['xray:PutTraceSegments', 's3:GetObjectVersion']));
      expect(JSON.stringify(statements)).toContain('s3:::photos/*');
    }
    expect(properties(template, 'UploadsLambdaFunction').Timeout).toBe(120);
    expect(properties(template, 'UploadsQueue').VisibilityTimeout).toBe(725);
    expect(properties(template, 'UploadsBucket').CorsConfiguration.CorsRules[0].AllowedOrigins).toHaveLength(2);
    expect(properties(template, 'HttpLogGroup').RetentionInDays).toBe(90);
    expect(properties(template, 'AlarmTopic').Subscription).toEqual([
      { Protocol: 'email', Endpoint: 'me@example.org' },
    ]);
  });

  it('takes tokens of one issuer, leaving open what the function leaves open', () => {
    const { $default, 'OPTIONS /{proxy+}': preflight, ...routes } = routesOf(template);
    expect([$default, preflight]).toEqual(['JWT', undefined]);
    const open = ROUTES.filter((route) => route.open).map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(routes).sort()).toEqual(open.sort());
    expect(new Set(Object.values(routes))).toEqual(new Set([undefined]));
    const [[, authorizer] = []] = ofType(template, 'AWS::ApiGatewayV2::Authorizer');
    expect(authorizer?.Properties.JwtConfiguration).toEqual({
      Issuer: 'https://id.example.org/pool',
      Audience: ['one', 'two'],
    });
    expect(properties(template, 'HttpLambdaFunction').Environment.Variables.API_JWT_SCOPES).toBe('pictures.ask');
  });
});

describe('violations', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a template is spoilt wherever one likes.
  type Spoil = (resources: any) => unknown;
  let template: Template;
  beforeAll(async () => {
    [{ template }] = await plain;
  });
  const policy = (Action: string, Resource: unknown) => ({
    PolicyName: 'more',
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] },
  });
  const cases: [string, Spoil][] = [
    ['every resource', (r) => r.HttpRole.Properties.Policies.push(policy('s3:GetObject', '*'))],
    ['every action', (r) => r.HttpRole.Properties.Policies.push(policy('s3:*', 'arn:aws:s3:::one/*'))],
    [
      'a bucket that may become public',
      (r) => delete r.UploadsBucket.Properties.PublicAccessBlockConfiguration.IgnorePublicAcls,
    ],
    ['a bucket that says nothing', (r) => delete r.ResultsBucket.Properties.PublicAccessBlockConfiguration],
    ['a bucket that is not encrypted', (r) => delete r.UploadsBucket.Properties.BucketEncryption],
    ['a bucket without TLS', (r) => delete r.UploadsBucketPolicy],
    ['a queue without TLS', (r) => r.UploadsQueuePolicy.Properties.PolicyDocument.Statement.pop()],
    ['a queue that is not encrypted', (r) => delete r.UploadsDeadLetterQueue.Properties.SqsManagedSseEnabled],
    ['a topic without TLS', (r) => delete r.AlarmTopicPolicy],
    [
      'a queue for everybody',
      (r) => Object.assign(r.UploadsQueuePolicy.Properties.PolicyDocument.Statement[0], { Principal: '*' }),
    ],
    ['any account', (r) => delete r.ReceiptsQueuePolicy.Properties.PolicyDocument.Statement[0].Condition],
    ['a function for everybody', (r) => delete r.HttpLambdaPermissionHttpApi.Properties.SourceArn],
    ['a function past the API', (r) => Object.assign(r, { Url: { Type: 'AWS::Lambda::Url', Properties: {} } })],
    ['logs for ever', (r) => delete r.HttpLogGroup.Properties.RetentionInDays],
    [
      'a secret by its name',
      (r) => Object.assign(r.HttpLambdaFunction.Properties.Environment.Variables, { DB_PASSWORD: 'x' }),
    ],
    [
      'a key of AWS',
      (r) => Object.assign(r.HttpLambdaFunction.Properties.Environment.Variables, { A: `AKIA${'A'.repeat(16)}` }),
    ],
    [
      'a key of the API',
      (r) => Object.assign(r.HttpLambdaFunction.Properties, { Description: `ff_${'a'.repeat(12)}_${'b'.repeat(43)}` }),
    ],
  ];

  it.each(cases)('finds %s', (_, spoil) => {
    const copy = structuredClone(template);
    spoil(copy.Resources);
    expect(violations(copy)).toHaveLength(1);
  });
});
