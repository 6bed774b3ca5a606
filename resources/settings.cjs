// What follows from the parameters of serverless.yml. Whatever cannot work fails here, before anything is deployed, with
// what to do about it.

const { list, PARAMETERS, unknownNames, wrongStage, wrongValues } = require('./parameters.cjs');

/** Routes that nobody has to show anything for; of the HTTP function's own, those that are `open`. */
const OPEN = ['GET /', 'GET /errors', 'GET /health', 'GET /ping', 'GET /v2/health/live', 'GET /v2/health/ready'];

/** A preflight carries no credentials. */
const PREFLIGHT = 'OPTIONS /{proxy+}';

const TRACES = {
  PolicyName: 'traces',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' }],
  },
};

const ACCESS = {
  key: 'whoever has a key: npx freezeframe keys create NAME',
  iam: 'signed requests (SigV4)',
  jwt: 'tokens of jwtIssuer for jwtAudience',
  public: 'everybody',
};

/** So long the bus tries to return a receipt. Seconds. */
const RECEIPT_AGE = 3600;
/** So often a receipt is delivered. */
const RECEIPT_ATTEMPTS = 3;

/** CloudFormation leaves it out, in a list too. */
const NOTHING = { Ref: 'AWS::NoValue' };

module.exports = async ({ resolveVariable }) => {
  const param = (name) => resolveVariable(`param:${name}`);
  const access = await param('access');
  const timeout = Number(await param('timeout'));
  const stack = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const window = Number(await param('batchWindow'));
  const tracing = String(await param('tracing')) === 'true';
  const email = await param('alarmEmail');
  const buckets = list(await param('readBuckets'));
  const origins = list(await param('corsOrigins'));
  const issuer = await param('jwtIssuer');
  const audience = list(await param('jwtAudience'));
  const scopes = list(await param('jwtScopes'));
  const modelsUri = await param('modelsUri');

  if (!Object.hasOwn(ACCESS, access)) {
    const choices = Object.entries(ACCESS).map(([word, means]) => `  --param="access=${word}"  ${means}`);
    refuse(`Nobody has said who may call the API: access is "${access}". Say one of\n${choices.join('\n')}`);
  }
  await check(resolveVariable);
  if (access === 'jwt' && (!/^https:\/\/./.test(issuer) || audience.length === 0)) {
    refuse(
      'access=jwt needs to know whose tokens are taken, and for whom they are made:\n' +
        '  --param="jwtIssuer=https://cognito-idp.REGION.amazonaws.com/POOL" --param="jwtAudience=CLIENT_ID"',
    );
  }
  if (access !== 'jwt' && (issuer || audience.length > 0 || scopes.length > 0)) {
    refuse(`jwtIssuer, jwtAudience and jwtScopes mean nothing with access=${access}: say --param="access=jwt" too.`);
  }
  // AWS asks for six times the function's timeout, and the window.
  const visibility = 6 * timeout + window;
  return {
    access,
    authorizers: access === 'jwt' ? { tokens: jwt(issuer, audience) } : {},
    routes: routes(access, scopes),
    tracing: tracing ? 'Active' : 'PassThrough',
    traced: String(tracing),
    traces: tracing ? TRACES : NOTHING,
    visibility,
    receiptAge: RECEIPT_AGE,
    receiptAttempts: RECEIPT_ATTEMPTS,
    // Longer than any receipt takes: returned by the bus in the last moment, then delivered each time to a function that
    // dies. Seven hours and a half at most: SQS hides a message for twelve.
    lease: RECEIPT_AGE + (RECEIPT_ATTEMPTS + 1) * visibility,
    halfTimeout: timeout * 500,
    allowedBuckets: { 'Fn::Join': [',', [{ Ref: 'UploadsBucket' }, ...buckets]] },
    readableBuckets: [{ 'Fn::GetAtt': ['UploadsBucket', 'Arn'] }, ...buckets.map((name) => arn(name))],
    readableObjects: [{ 'Fn::Sub': `\${UploadsBucket.Arn}/*` }, ...buckets.map((name) => arn(`${name}/*`))],
    // A version is named in notifications of buckets that keep versions, which the bucket for uploads does not.
    readableVersions:
      buckets.length > 0
        ? { Effect: 'Allow', Action: 's3:GetObjectVersion', Resource: buckets.map((name) => arn(`${name}/*`)) }
        : NOTHING,
    // CloudFormation makes the bucket's name of the stack's, cut where it is long.
    notifyingBuckets: [arn(`${stack.toLowerCase().slice(0, 20)}*`), ...buckets.map((name) => arn(name))],
    sharedModels: modelsUri ? sharedModels(modelsUri) : NOTHING,
    alarmSubscriptions: email ? [{ Protocol: 'email', Endpoint: email }] : [],
    // Pages that are elsewhere post the forms of POST /uploads straight to the bucket.
    bucketCors:
      origins.length > 0
        ? { CorsRules: [{ AllowedMethods: ['POST'], AllowedOrigins: origins, AllowedHeaders: ['*'], MaxAge: 7200 }] }
        : NOTHING,
  };
};

/** Everything that is wrong at once, before anything is packaged. */
async function check(resolveVariable) {
  const said = [(await resolveVariable('opt:param, null')) ?? []].flat().map((text) => String(text).split('=')[0]);
  const stages = Object.values((await resolveVariable('self:params, null')) ?? {});
  const names = [...said, ...stages.flatMap((parameters) => Object.keys(parameters ?? {}))];
  const values = {};
  for (const name of Object.keys(PARAMETERS)) values[name] = await resolveVariable(`param:${name}`);
  const wrong = [
    ...unknownNames([...new Set(names)]),
    ...wrongValues(values),
    ...wrongStage(await resolveVariable('sls:stage'), await resolveVariable('self:service')),
  ];
  if (Number(values.batchSize) > 10 && Number(values.batchWindow) < 1) {
    wrong.push('More than 10 messages at once need a second to wait for: say --param="batchWindow=1" or more.');
  }
  if (wrong.length > 0)
    refuse(`${wrong.join('\n')}\ndocs/deploy.md of @freezeframe/cli has every setting, and what it may be.`);
}

/** What reading a store's models takes: its heads, manifests and files, and the names of its models. */
function sharedModels(uri) {
  const [bucket, ...folders] = uri.replace(/^s3:\/\/|\/$/g, '').split('/');
  const prefix = [...folders, 'models/'].join('/');
  return {
    PolicyName: 'models',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: arn(`${bucket}/${prefix}*`) },
        {
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: arn(bucket),
          Condition: { StringEquals: { 's3:prefix': prefix } },
        },
      ],
    },
  };
}

function routes(access, scopes) {
  if (access === 'key' || access === 'public') return [{ httpApi: '*' }];
  const authorizer =
    access === 'iam' ? { type: 'aws_iam' } : { name: 'tokens', ...(scopes.length > 0 ? { scopes } : {}) };
  return [
    { httpApi: { method: '*', path: '*', authorizer } },
    ...[...OPEN, PREFLIGHT].map((route) => ({ httpApi: route })),
  ];
}

function jwt(issuerUrl, audience) {
  return { type: 'jwt', identitySource: '$request.header.Authorization', issuerUrl, audience };
}

function arn(path) {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${path}` };
}

/** The framework prints an error's stack where it has one; a person needs the sentence. */
function refuse(message) {
  const error = new Error(message);
  error.stack = message;
  throw error;
}
