// Every alarm of the stack, and where it is told. docs/operate.md says of each what it means and what to do; a test holds
// the two together.

const FUNCTIONS = [
  { word: 'Http', name: 'http' },
  { word: 'Uploads', name: 'uploads' },
  { word: 'Classify', name: 'classify' },
];

/** Dimensions; each refers to what the stack makes. */
const lambda = (word) => ({ FunctionName: { Ref: `${word}LambdaFunction` } });
const queue = (id) => ({ QueueName: { 'Fn::GetAtt': [id, 'QueueName'] } });
const api = { ApiId: { Ref: 'HttpApi' } };

/** Logical id -> what is measured. Five minutes, one period, unless said otherwise. */
function rows({ receipts, errors, slow, halfTimeout, backlog }) {
  const perFunction = FUNCTIONS.flatMap(({ word, name }) => [
    [
      `${word}Errors`,
      {
        says: `${name} ended without an answer, ${errors} times or more in five minutes`,
        metric: ['AWS/Lambda', 'Errors'],
        dimensions: lambda(word),
        at: errors,
      },
    ],
    [
      `${word}Throttles`,
      {
        says: `${name} was called more often than it may run at once`,
        metric: ['AWS/Lambda', 'Throttles'],
        dimensions: lambda(word),
        at: 1,
      },
    ],
    [
      `${word}Slow`,
      {
        says: `One in twenty invocations of ${name} takes longer than it should, for a quarter of an hour`,
        metric: ['AWS/Lambda', 'Duration'],
        dimensions: lambda(word),
        statistic: 'p95',
        at: word === 'Http' ? slow : halfTimeout,
        periods: 3,
      },
    ],
  ]);
  return Object.fromEntries([
    ...perFunction,
    [
      'ApiErrors',
      {
        says: `The API answered 5xx, ${errors} times or more in five minutes`,
        metric: ['AWS/ApiGateway', '5xx'],
        dimensions: api,
        at: errors,
      },
    ],
    [
      'ApiSlow',
      {
        says: 'One in twenty requests takes longer than it should, for a quarter of an hour',
        metric: ['AWS/ApiGateway', 'Latency'],
        dimensions: api,
        statistic: 'p95',
        at: slow,
        periods: 3,
      },
    ],
    [
      'DeadLetters',
      {
        says: 'Uploads could not be answered',
        metric: ['AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
        dimensions: queue('UploadsDeadLetterQueue'),
        statistic: 'Maximum',
        at: 1,
      },
    ],
    [
      'ClassifyFailures',
      {
        says: 'Asynchronous invocations could not be answered',
        metric: ['AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
        dimensions: queue('ClassifyFailuresQueue'),
        statistic: 'Maximum',
        at: 1,
      },
    ],
    [
      'UploadsBacklog',
      {
        says: `An upload has waited for ${backlog} seconds`,
        metric: ['AWS/SQS', 'ApproximateAgeOfOldestMessage'],
        dimensions: queue('UploadsQueue'),
        statistic: 'Maximum',
        at: backlog,
      },
    ],
    [
      'ReceiptsLost',
      {
        says: 'The bus could not return an event to the queue of receipts',
        metric: ['AWS/Events', 'FailedInvocations'],
        dimensions: { RuleName: receipts, EventBusName: { Ref: 'EventBus' } },
        at: 1,
      },
    ],
    [
      'ReceiptsFailed',
      {
        says: 'Receipts of events could not be written down',
        metric: ['AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
        dimensions: queue('ReceiptsDeadLetterQueue'),
        statistic: 'Maximum',
        at: 1,
      },
    ],
    [
      'BatchFailed',
      {
        says: 'A batch ended before all of it was answered',
        metric: ['AWS/States', 'ExecutionsFailed'],
        dimensions: { StateMachineArn: { Ref: 'BatchStateMachine' } },
        at: 1,
      },
    ],
  ]);
}

function alarm({ says, metric: [Namespace, MetricName], dimensions, statistic = 'Sum', at, periods = 1 }) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: `${says}. See docs/operate.md of @freezeframe/cli.`,
      Namespace,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      ...(statistic.startsWith('p') ? { ExtendedStatistic: statistic } : { Statistic: statistic }),
      Period: 300,
      EvaluationPeriods: periods,
      Threshold: at,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      // Nobody has asked: nothing is wrong.
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      OKActions: [{ Ref: 'AlarmTopic' }],
    },
  };
}

/** Not encrypted with a key of AWS's: CloudWatch could not use it. It carries names and numbers of alarms, nothing else. */
function topic(subscriptions) {
  return {
    AlarmTopic: {
      Type: 'AWS::SNS::Topic',
      Properties: { Subscription: subscriptions },
    },
    AlarmTopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'AlarmTopic' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'OnlyAlarmsOfThisAccount',
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: 'AlarmTopic' },
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            },
            {
              Sid: 'OnlyOverTls',
              Effect: 'Deny',
              Principal: '*',
              Action: 'sns:Publish',
              Resource: { Ref: 'AlarmTopic' },
              Condition: { Bool: { 'aws:SecureTransport': false } },
            },
          ],
        },
      },
    },
  };
}

module.exports = async ({ resolveVariable }) => {
  const number = async (name) => Number(await resolveVariable(name));
  const stack = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const settings = {
    receipts: `${stack}-receipts`,
    errors: await number('param:alarmErrors'),
    slow: await number('param:alarmSlow'),
    halfTimeout: await number('self:custom.settings.halfTimeout'),
    backlog: await number('param:alarmBacklog'),
  };
  const alarms = Object.entries(rows(settings)).map(([id, row]) => [`${id}Alarm`, alarm(row)]);
  return {
    Resources: {
      ...topic(await resolveVariable('self:custom.settings.alarmSubscriptions')),
      ...Object.fromEntries(alarms),
    },
  };
};
