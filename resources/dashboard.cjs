// One dashboard: what comes in, what goes wrong, how long it takes, what waits. Figures that the functions write themselves
// (namespace Freezeframe) are found by SEARCH, so that a new model's appear without a deployment.

const REGION = `\${AWS::Region}`;
const FUNCTIONS = ['Http', 'Uploads', 'Classify'];
const name = (word) => `\${${word}LambdaFunction}`;
const each = (metric, options = {}) =>
  FUNCTIONS.map((word) => [
    'AWS/Lambda',
    metric,
    'FunctionName',
    name(word),
    { label: word.toLowerCase(), ...options },
  ]);
const api = (metric, options = {}) => ['AWS/ApiGateway', metric, 'ApiId', `\${HttpApi}`, { label: metric, ...options }];
const queue = (id, metric, label) => ['AWS/SQS', metric, 'QueueName', `\${${id}.QueueName}`, { label }];
const search = (dimensions, metric, statistic, label = '') => [
  {
    expression: `SEARCH('{Freezeframe,${dimensions}} MetricName="${metric}"', '${statistic}', 300)`,
    label,
    id: metric.toLowerCase(),
  },
];

/** Title, metrics, and what differs from a graph of sums. */
const WIDGETS = [
  ['Requests', [api('Count'), api('4xx'), api('5xx')]],
  [
    'Request, milliseconds',
    [
      api('Latency', { stat: 'p50', label: 'p50' }),
      api('Latency', { stat: 'p95', label: 'p95' }),
      api('Latency', { stat: 'p99', label: 'p99' }),
    ],
  ],
  ['Invocations', each('Invocations')],
  ['Ended without an answer', each('Errors')],
  ['Refused for want of room', each('Throttles')],
  ['Environments at once', each('ConcurrentExecutions', { stat: 'Maximum' })],
  ['Invocation, p95 in milliseconds', each('Duration', { stat: 'p95' })],
  ['Cold starts', [search('service', 'ColdStart', 'Sum')]],
  ['Decode, p95 in milliseconds', [search('model,service,version', 'DecodeMs', 'p95')]],
  ['Run, p95 in milliseconds', [search('model,service,version', 'RunMs', 'p95')]],
  ['Failures by type', [search('service,type', 'Failures', 'Sum')]],
  ['Pictures in a batch', [search('service', 'BatchSize', 'Average')]],
  [
    'Uploads that wait',
    [
      queue('UploadsQueue', 'ApproximateNumberOfMessagesVisible', 'waiting'),
      queue('UploadsQueue', 'ApproximateNumberOfMessagesNotVisible', 'in hand'),
    ],
    { stat: 'Maximum' },
  ],
  [
    'Age of the oldest upload, seconds',
    [queue('UploadsQueue', 'ApproximateAgeOfOldestMessage', 'age')],
    { stat: 'Maximum' },
  ],
  [
    'For a person',
    [
      queue('UploadsDeadLetterQueue', 'ApproximateNumberOfMessagesVisible', 'dead letters'),
      queue('ReceiptsDeadLetterQueue', 'ApproximateNumberOfMessagesVisible', 'failed receipts'),
      queue('ClassifyFailuresQueue', 'ApproximateNumberOfMessagesVisible', 'failed invocations'),
    ],
    { stat: 'Maximum' },
  ],
];

const WIDTH = 8;
const HEIGHT = 6;

const widgets = WIDGETS.map(([title, metrics, options], index) => ({
  type: 'metric',
  x: (index % 3) * WIDTH,
  y: Math.floor(index / 3) * HEIGHT,
  width: WIDTH,
  height: HEIGHT,
  properties: { title, metrics, view: 'timeSeries', region: REGION, stat: 'Sum', period: 300, ...options },
}));

module.exports = async ({ resolveVariable }) => ({
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`,
        DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) },
      },
    },
  },
});
