import type { Resource, Statement, Template } from './package-stack.ts';

/** Wildcard resources that AWS leaves no choice about: actions that know no resource. */
const WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html',
  'xray:PutTelemetryRecords': 'as above',
};

/** What names a secret, unless it says where one is kept or how long it lasts. */
const SECRET_NAME = /secret|password|passwd|token|credential|private.?key|api.?key/i;
const NOT_A_SECRET = /(path|ttl|url|arn|name|seconds)$/i;
/** What is one: keys of AWS, of this project, of TLS. */
const SECRET_VALUE =
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bff_[a-z0-9]{12}_|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{10,}\.eyJ/;

/** Everything in a template that must not be there, one sentence each. */
export function violations({ Resources }: Template): string[] {
  const found = Object.entries(Resources).flatMap(([id, resource]) => [
    ...statementsOf(resource).flatMap((statement) => statementViolations(id, statement)),
    ...resourceViolations(id, resource, Resources),
    ...plainSecrets(resource.Properties).map((where) => `${id}: a secret in plain text (${where})`),
  ]);
  return found.sort();
}

/** Every policy statement of a resource, inline or attached; CloudFormation leaves out what is AWS::NoValue. */
export function statementsOf({ Properties }: Resource): Statement[] {
  const documents = [Properties.PolicyDocument, ...(Properties.Policies ?? []).map(documentOf)];
  return documents.flatMap((document) => document?.Statement ?? []).filter((statement) => 'Effect' in statement);
}

function documentOf(policy: { PolicyDocument?: { Statement: Statement[] } }) {
  return policy.PolicyDocument;
}

function statementViolations(id: string, statement: Statement): string[] {
  const { Effect, Action, Resource, Principal, Condition = {} } = statement;
  if (Effect === 'Deny') return [];
  const actions = [Action].flat();
  const found: string[] = [];
  for (const action of actions) if (action.includes('*')) found.push(`${id}: the action ${action}`);
  const everything = [Resource].flat().some((resource) => resource === '*' || /^arn:[^/]*:\*$/.test(String(resource)));
  if (everything) {
    for (const action of actions) if (!(action in WITHOUT_RESOURCE)) found.push(`${id}: every resource for ${action}`);
  }
  const principals = JSON.stringify(Principal ?? '');
  if (principals.includes('*')) found.push(`${id}: anybody may ${actions.join(', ')}`);
  // A service acts for whoever asks it, unless it is said for whom.
  if (Resource !== undefined && principals.includes('Service') && Object.keys(Condition).length === 0) {
    found.push(`${id}: a service may ${actions.join(', ')} for any account`);
  }
  return found;
}

function resourceViolations(id: string, { Type, Properties }: Resource, all: Record<string, Resource>): string[] {
  const found: string[] = [];
  const needs = (good: unknown, what: string) => good || found.push(`${id}: ${what}`);
  if (Type === 'AWS::S3::Bucket') {
    const blocked = Object.values(Properties.PublicAccessBlockConfiguration ?? {});
    needs(blocked.length === 4 && blocked.every((one) => one === true), 'a bucket that may become public');
    needs(Properties.BucketEncryption, 'a bucket that is not encrypted');
    needs(!('AccessControl' in Properties), 'a bucket with an access control list');
    needs(
      deniesWithoutTls(all, 'AWS::S3::BucketPolicy', ({ Bucket }) => Bucket?.Ref === id),
      'a bucket without TLS',
    );
  }
  if (Type === 'AWS::SQS::Queue') {
    needs(Properties.SqsManagedSseEnabled || Properties.KmsMasterKeyId, 'a queue that is not encrypted');
    const isHere = ({ Queues }: Resource['Properties']) => Queues?.some((queue: { Ref?: string }) => queue.Ref === id);
    needs(deniesWithoutTls(all, 'AWS::SQS::QueuePolicy', isHere), 'a queue without TLS');
  }
  if (Type === 'AWS::SNS::Topic') {
    const isHere = ({ Topics }: Resource['Properties']) => Topics?.some((topic: { Ref?: string }) => topic.Ref === id);
    needs(deniesWithoutTls(all, 'AWS::SNS::TopicPolicy', isHere), 'a topic without TLS');
  }
  if (Type === 'AWS::Lambda::Permission') {
    needs(Properties.Principal !== '*', 'a function that anybody may invoke');
    needs(Properties.SourceArn ?? Properties.SourceAccount, 'a function that a service invokes for any account');
  }
  if (Type === 'AWS::Lambda::Url') found.push(`${id}: an address past the API`);
  if (Type === 'AWS::Logs::LogGroup') needs(Properties.RetentionInDays, 'logs that are kept for ever');
  return found;
}

function deniesWithoutTls(
  all: Record<string, Resource>,
  type: string,
  isHere: (properties: Resource['Properties']) => boolean,
): boolean {
  return Object.values(all).some(
    (resource) =>
      resource.Type === type &&
      isHere(resource.Properties) &&
      statementsOf(resource).some(
        ({ Effect, Principal, Condition }) =>
          Effect === 'Deny' &&
          (Principal === '*' || JSON.stringify(Principal) === '{"AWS":"*"}') &&
          String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
      ),
  );
}

/** Names of what holds a secret: by its value, or by its name where the value is written out. */
function plainSecrets(value: unknown, name = ''): string[] {
  if (typeof value === 'string') {
    const named = SECRET_NAME.test(name) && !NOT_A_SECRET.test(name) && value !== '';
    return named || SECRET_VALUE.test(value) ? [name] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => plainSecrets(inner, Array.isArray(value) ? name : key));
}
