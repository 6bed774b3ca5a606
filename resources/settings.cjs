// What follows from the parameters of serverless.yml. Whatever cannot work fails here, before anything is deployed, with
// what to do about it.

/** Routes that nobody has to show anything for; of the HTTP function's own, those that are `open`. */
const OPEN = ['GET /', 'GET /errors', 'GET /health', 'GET /ping', 'GET /v2/health/live', 'GET /v2/health/ready'];

/** A preflight carries no credentials. */
const PREFLIGHT = 'OPTIONS /{proxy+}';

const ACCESS = {
  key: 'whoever has a key: npx freezeframe keys create NAME',
  iam: 'signed requests (SigV4)',
  jwt: 'tokens of jwtIssuer for jwtAudience',
  public: 'everybody',
};

module.exports = async ({ resolveVariable }) => {
  const param = (name) => resolveVariable(`param:${name}`);
  const access = await param('access');
  const timeout = Number(await param('timeout'));
  const window = Number(await param('batchWindow'));
  const tracing = String(await param('tracing')) === 'true';
  const email = await param('alarmEmail');
  const buckets = list(await param('readBuckets'));
  const origins = list(await param('corsOrigins'));
  const issuer = await param('jwtIssuer');
  const audience = list(await param('jwtAudience'));
  const scopes = list(await param('jwtScopes'));

  if (!Object.hasOwn(ACCESS, access)) {
    const choices = Object.entries(ACCESS).map(([word, means]) => `  --param="access=${word}"  ${means}`);
    refuse(`Nobody has said who may call the API: access is "${access}". Say one of\n${choices.join('\n')}`);
  }
  if (access === 'jwt' && (!/^https:\/\/./.test(issuer) || audience.length === 0)) {
    refuse(
      'access=jwt needs to know whose tokens are taken, and for whom they are made:\n' +
        '  --param="jwtIssuer=https://cognito-idp.REGION.amazonaws.com/POOL" --param="jwtAudience=CLIENT_ID"',
    );
  }
  if (access !== 'jwt' && (issuer || audience.length > 0 || scopes.length > 0)) {
    refuse(`jwtIssuer, jwtAudience and jwtScopes mean nothing with access=${access}: say --param="access=jwt" too.`);
  }
  if (!(timeout >= 1 && timeout <= 900)) refuse(`Expected 1 to 900 seconds for timeout but received ${timeout}.`);

  return {
    access,
    authorizers: access === 'jwt' ? { tokens: jwt(issuer, audience) } : {},
    routes: routes(access, scopes),
    tracing: tracing ? 'Active' : 'PassThrough',
    traced: String(tracing),
    // AWS asks for six times the function's timeout and the window; an announcement in doubt is waited for five minutes.
    visibility: Math.max(6 * timeout + window, 360),
    halfTimeout: timeout * 500,
    allowedBuckets: { 'Fn::Join': [',', [{ Ref: 'UploadsBucket' }, ...buckets]] },
    readableBuckets: [{ 'Fn::GetAtt': ['UploadsBucket', 'Arn'] }, ...buckets.map((name) => arn(name))],
    readableObjects: [{ 'Fn::Sub': `\${UploadsBucket.Arn}/*` }, ...buckets.map((name) => arn(`${name}/*`))],
    alarmSubscriptions: email ? [{ Protocol: 'email', Endpoint: email }] : [],
    // Pages that are elsewhere post the forms of POST /uploads straight to the bucket.
    bucketCors:
      origins.length > 0
        ? { CorsRules: [{ AllowedMethods: ['POST'], AllowedOrigins: origins, AllowedHeaders: ['*'], MaxAge: 7200 }] }
        : { Ref: 'AWS::NoValue' },
  };
};

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

function list(text) {
  return String(text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

/** The framework prints an error's stack where it has one; a person needs the sentence. */
function refuse(message) {
  const error = new Error(message);
  error.stack = message;
  throw error;
}
