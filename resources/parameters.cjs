// Every setting of the stack: what it means, what it is where nobody says otherwise, and what it may be. serverless.yml takes
// the defaults from here, resources/settings.cjs refuses what cannot work, docs/deploy.md shows them (npm run generate).

const shared = require('./defaults.json');

/** The most that a name of AWS's may have here: `SERVICE-STAGE-classify` is a function's. */
const MAX_NAME = 64;

/** What CloudFormation takes as "not said". */
const LEFT_OUT = { Ref: 'AWS::NoValue' };

const whole = (least, most) => ({
  takes: `a whole number from ${least} to ${most}`,
  fits: (text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most,
});
const oneOf = (...words) => ({ takes: words.join(' or '), fits: (text) => words.includes(text) });
const orNothing = ({ takes, fits }) => ({ takes: `${takes}; or nothing`, fits: (text) => text === '' || fits(text) });
const matching = (pattern, takes) => ({ takes, fits: (text) => pattern.test(text) });
const listOf = ({ takes, fits }) => ({
  takes: `${takes}, several with commas between`,
  fits: (text) => list(text).every(fits),
});
const anything = { takes: 'text', fits: () => true };

const bucketName = matching(
  /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "a bucket's name, without s3:// and without a path",
);
const origin = {
  takes: '* or an origin with its scheme and without a path, as in https://example.org',
  fits: (text) => text === '*' || /^https?:\/\/[^/?#\s*]+$/.test(text),
};
/** As functions/shared/models/place.ts and plan.ts read them. */
const storePlace = matching(
  /^s3:\/\/(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w!.*'()-]+)*\/?$/,
  's3://bucket/prefix',
);
/** As `modelName` of layers/inference/src/manifest.ts. */
const NAME =
  /^(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))(?!index\.json$)(?!.*\.\.)[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/;
const modelWithTag = {
  takes: 'NAME or NAME@TAG',
  fits: (text) => {
    const [name, tag = 'production', ...more] = text.split('@');
    return NAME.test(name) && NAME.test(tag) && !/^\d+$/.test(tag) && more.length === 0;
  },
};
const seconds = (least, most) => ({ ...whole(least, most), takes: `${whole(least, most).takes} (seconds)` });

/** Groups as docs/deploy.md shows them. Name -> meaning, default, and what fits. */
const GROUPS = {
  'What runs': {
    architecture: [
      'the processor of the functions; the bundle is made for the same one (`--arch x64` or `arm64`). `arm64` costs a fifth less',
      'x86_64',
      oneOf('x86_64', 'arm64'),
    ],
    runtime: ['the Node of the functions', 'nodejs22.x', oneOf('nodejs22.x', 'nodejs24.x')],
    memory: [
      'MB of each function. A function gets CPU by its memory: 1769 is one whole vCPU',
      shared.memory,
      whole(512, 10_240),
    ],
    timeout: ['seconds of `uploads` and `classify`. (`http` has 29: API Gateway waits for 30)', 60, seconds(1, 900)],
    httpConcurrency: [
      'environments that are kept for `http`, and the most it may have. A new account has ten in all, of which none may be kept',
      LEFT_OUT,
      orNothing(whole(0, 100_000)),
    ],
    classifyConcurrency: ['the same for `classify`', LEFT_OUT, orNothing(whole(0, 100_000))],
    uploadsAtOnce: [
      'environments that answer uploads at once, so that a backlog leaves room for requests',
      50,
      whole(2, 1000),
    ],
  },
  'Models of a store in S3': {
    modelsUri: [
      'see [docs/models.md](models.md#serve-from-s3); without it the model layer answers alone',
      '',
      orNothing(storePlace),
    ],
    models: [
      "the first answers where none is named; nothing: every model's production version",
      '',
      listOf(modelWithTag),
    ],
    modelsCheck: ['seconds after which a moved tag is answered at the latest', shared.modelsCheck, seconds(5, 86_400)],
    storage: ['MB of `/tmp` of each function, in which fetched models lie', shared.storage, whole(512, 10_240)],
  },
  'Who may call': {
    access: ['see [Who may call](#who-may-call)', 'key', oneOf('key', 'iam', 'jwt', 'public')],
    keysTtl: ['seconds after which a new key works and a revoked one stops', shared.keysTtl, seconds(0, 86_400)],
    // resources/settings.cjs says what belongs to access=jwt.
    jwtIssuer: [
      'whose tokens are taken, with `access=jwt`',
      '',
      { ...anything, takes: 'an address that begins with https://' },
    ],
    jwtAudience: ['for whom they are made: client ids', '', listOf(anything)],
    jwtScopes: ['scopes of which a token needs one; none: any token of the issuer will do', '', listOf(anything)],
    requestsPerSecond: ['of all callers together; more gets 429', 100, whole(1, 10_000)],
    requestsInBurst: ['the same, in a burst', 200, whole(1, 5_000)],
    corsOrigins: ['pages of other origins that may ask, and post uploads', '', listOf(origin)],
    basePath: [
      'what a custom domain maps to the API, as in `https://example.org/vision`: `vision`. The name of a stage needs no setting',
      '',
      orNothing(matching(/^[\w.~$-]+(\/[\w.~$-]+)*$/, 'words with slashes between')),
    ],
    readBuckets: ['buckets besides the one for uploads whose pictures may be read', '', listOf(bucketName)],
  },
  'Uploads and invocations': {
    batchSize: ['messages of the queue of uploads for one invocation', shared.batchSize, whole(1, 10_000)],
    batchWindow: ['seconds that it waits to have so many', 1, seconds(0, 300)],
    attempts: ['deliveries of an upload before it is moved to the dead letters', shared.attempts, whole(1, 1000)],
    uploadsRetentionDays: [
      'days after which pictures below `api/`, where forms of `POST /uploads` put them, are removed',
      30,
      whole(1, 3650),
    ],
    retries: [
      'of an asynchronous invocation of `classify`, after one and two minutes, before it is kept with the reason',
      2,
      whole(0, 2),
    ],
  },
  'What is watched': {
    logRetentionDays: [
      'days',
      30,
      oneOf(
        ...[
          1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
        ].map(String),
      ),
    ],
    tracing: ['X-Ray traces of invocations. A traced cold start takes 80 ms longer', false, oneOf('true', 'false')],
    alarmEmail: [
      'who is told when an alarm changes',
      '',
      orNothing(matching(/^[^\s@,]+@[^\s@,]+$/, 'an e-mail address')),
    ],
    alarmErrors: ['failed invocations in five minutes', 5, whole(1, 1_000_000)],
    alarmSlow: [
      'p95 of a request, milliseconds; of the other functions: half of their timeout',
      3000,
      whole(1, 900_000),
    ],
    alarmBacklog: ['seconds that the oldest upload waits', 900, seconds(1, 1_209_600)],
  },
};

const PARAMETERS = Object.fromEntries(
  Object.values(GROUPS).flatMap((group) =>
    Object.entries(group).map(([name, [means, value, { takes, fits }]]) => [
      name,
      { means, default: value, takes, fits },
    ]),
  ),
);

/** Names that are said and that no setting has, with the setting that was probably meant. */
function unknownNames(names) {
  return names
    .filter((name) => !Object.hasOwn(PARAMETERS, name))
    .map((name) => {
      const [near] = Object.keys(PARAMETERS).sort((a, b) => distance(name, a) - distance(name, b));
      return `There is no setting ${JSON.stringify(name)}${distance(name, near) <= 3 ? `; ${near} is probably meant` : ''}.`;
    });
}

/** What is wrong with values, one sentence each; left out is what nobody said. */
function wrongValues(values) {
  return Object.entries(PARAMETERS).flatMap(([name, { takes, fits }]) => {
    const value = values[name];
    if (value === undefined || typeof value === 'object') return [];
    return fits(String(value)) ? [] : [`Expected ${takes} for ${name} but received ${JSON.stringify(value)}.`];
  });
}

/** A stage is part of the names of functions, rules and the stack. */
function wrongStage(stage, service = 'freezeframe') {
  const most = MAX_NAME - `${service}--classify`.length;
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(stage) && stage.length <= most) return [];
  const takes = `a letter, then letters, digits and hyphens, at most ${most} characters in all`;
  return [`Expected ${takes}, for the stage but received ${JSON.stringify(stage)}.`];
}

/** Letters that differ, moved ones counting once (optimal string alignment). */
function distance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const moved =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? rows[i - 2][j - 2] + 1
          : Number.POSITIVE_INFINITY;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same, moved);
    }
  }
  return rows[a.length][b.length];
}

function list(text) {
  return String(text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

const defaults = Object.fromEntries(Object.entries(PARAMETERS).map(([name, one]) => [name, one.default]));

module.exports = { defaults, GROUPS, list, PARAMETERS, unknownNames, wrongStage, wrongValues };
