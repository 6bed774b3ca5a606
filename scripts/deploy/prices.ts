import { MONTH_HOURS, PRICES as USE } from '#plan/prices';

/** A resource's properties in a template. */
export type Properties = Readonly<Record<string, unknown>>;

export interface Price {
  /** For people. */
  readonly what: string;
  /** What one costs a month while nobody uses it: USD, list price of us-east-1 in November 2026. */
  readonly idle?: (properties: Properties) => number;
  /** USD a month that every account is given, for all of this kind. */
  readonly free?: number;
  /** What use costs, and what the account is given. */
  readonly use: string;
  /** Whether it is billed by the hour, used or not. */
  readonly hourly?: (properties: Properties) => boolean;
}

/** Lambda asks a queue by five long polls of 20 s each, and each is a request: 648,000 in 30 days. */
const POLLS = (5 * 30 * 24 * 3600) / 20;
const MILLION_REQUESTS = 0.4;

const always = () => true;
const perHour = (dollars: number) => ({ idle: () => dollars * MONTH_HOURS, hourly: always });

/** Nothing, ever. */
const FREE = [
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::LayerVersionPermission',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
] as const;

/**
 * What resources cost, by type. Sources, each of aws.amazon.com: /lambda/pricing, /cloudwatch/pricing, /s3/pricing,
 * /dynamodb/pricing/on-demand, /sqs/pricing, /eventbridge/pricing, /step-functions/pricing, /api-gateway/pricing, /waf/pricing.
 */
export const PRICES: Readonly<Record<string, Price>> = {
  ...Object.fromEntries(FREE.map((type) => [type, { what: type, use: 'nothing' }])),
  'AWS::ApiGatewayV2::Api': { what: 'HTTP API', use: `$${USE.millionHttpRequests.toFixed(2)} a million requests` },
  'AWS::CloudWatch::Alarm': { what: 'alarms', idle: () => 0.1, free: 1, use: 'ten are free in an account' },
  'AWS::CloudWatch::CompositeAlarm': { what: 'composite alarms', idle: () => 0.5, use: 'nothing' },
  'AWS::CloudWatch::Dashboard': {
    what: 'dashboards',
    idle: () => 3,
    free: 9,
    use: 'three of up to 50 metrics are free in an account',
  },
  'AWS::DynamoDB::Table': {
    what: 'tables',
    hourly: ({ BillingMode }) => BillingMode !== 'PAY_PER_REQUEST',
    use: 'by request; $0.25 a GB and month above 25 GB, $0.20 more with recovery to any second',
  },
  'AWS::EC2::NatGateway': { what: 'NAT gateways', ...perHour(0.045), use: '$0.045 a GB' },
  'AWS::EC2::VPCEndpoint': {
    what: 'VPC endpoints',
    idle: ({ VpcEndpointType }) => (VpcEndpointType === 'Interface' ? 0.01 * MONTH_HOURS : 0),
    hourly: ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
    use: '$0.01 a GB, and this price for each zone',
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { what: 'load balancers', ...perHour(0.0225), use: 'by capacity' },
  'AWS::Events::EventBus': { what: 'event buses', use: '$1.00 a million events' },
  'AWS::Events::Rule': { what: 'rules of buses', use: 'nothing' },
  'AWS::KMS::Key': { what: 'keys of your own', idle: () => 1, use: '$0.03 for 10,000 requests' },
  'AWS::Lambda::Alias': {
    what: 'aliases',
    hourly: ({ ProvisionedConcurrencyConfig }) => ProvisionedConcurrencyConfig !== undefined,
    use: 'nothing without provisioned concurrency',
  },
  'AWS::Lambda::EventSourceMapping': {
    what: 'queues that Lambda asks',
    idle: () => (POLLS / 1e6) * MILLION_REQUESTS,
    free: MILLION_REQUESTS,
    hourly: ({ ProvisionedPollerConfig }) => ProvisionedPollerConfig !== undefined,
    use: "its questions, about 648,000 a month, count as requests of SQS's",
  },
  'AWS::Lambda::Function': {
    what: 'functions',
    use: `$${USE.millionRequests.toFixed(2)} a million invocations, $${USE.gbSecond.x86_64[0].price} a GB-second (arm64: a fifth less)`,
  },
  'AWS::Lambda::Version': {
    what: 'versions of functions',
    hourly: ({ ProvisionedConcurrencyConfig }) => ProvisionedConcurrencyConfig !== undefined,
    use: 'nothing without provisioned concurrency',
  },
  'AWS::Logs::LogGroup': { what: 'logs', use: '$0.50 a GB written, $0.03 a GB and month kept; 5 GB are free' },
  'AWS::Route53::HostedZone': { what: 'hosted zones', idle: () => 0.5, use: '$0.40 a million queries' },
  'AWS::S3::Bucket': { what: 'buckets', use: '$0.023 a GB and month, $0.005 for 1,000 objects written' },
  'AWS::SecretsManager::Secret': { what: 'secrets', idle: () => 0.4, use: '$0.05 for 10,000 requests' },
  'AWS::SNS::Topic': { what: 'topics', use: '$0.50 a million, $2.00 for 100,000 e-mails; 1,000 are free' },
  'AWS::SQS::Queue': { what: 'queues', use: '$0.40 a million requests; the first million is free' },
  'AWS::SSM::Parameter': { what: 'parameters', use: 'nothing while they are standard ones' },
  'AWS::StepFunctions::StateMachine': { what: 'batches', use: '$0.025 for 1,000 transitions; 4,000 are free' },
  'AWS::WAFv2::WebACL': {
    what: 'web firewalls',
    idle: ({ Rules }) => 5 + (Array.isArray(Rules) ? Rules.length : 0),
    hourly: always,
    use: '$0.60 a million requests',
  },
};
