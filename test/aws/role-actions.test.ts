import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildFunction } from '../../scripts/bundle/functions.ts';
import { listFunctions } from '../../scripts/bundle/list-functions.ts';
import { packageStack, type Resource, type Template } from './package-stack.ts';
import { statementsOf } from './policy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Each call of AWS in the modules of a function -> what its role must allow. A call that is not here fails.
 */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  // Without s3:ListBucket an absent object looks like a denied one.
  GetObjectCommand: ['s3:GetObject', 's3:ListBucket'],
  PutObjectCommand: ['s3:PutObject'],
  // Whoever signs a form must be allowed what the form allows.
  createPresignedPost: ['s3:PutObject'],
  GetCommand: ['dynamodb:GetItem'],
  UpdateCommand: ['dynamodb:UpdateItem'],
  DynamoDBPersistenceLayer: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
  PutEventsCommand: ['events:PutEvents'],
  paginateGetParametersByPath: ['ssm:GetParametersByPath'],
  SendMessageCommand: ['sqs:SendMessage'],
  ChangeMessageVisibilityCommand: ['sqs:ChangeMessageVisibility'],
};

/** What Lambda itself does as the function. */
const LAMBDA: Readonly<Record<string, readonly string[]>> = {
  all: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  // It polls the queues.
  uploads: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  // It keeps failed asynchronous invocations.
  classify: ['sqs:SendMessage'],
};

/** Calls of our own code, as it is written: `new sdk.GetObjectCommand(`, `createPresignedPost(`. */
const CALL = /\bnew (?:\w+\.)?(\w+Command|DynamoDBPersistenceLayer)\(|\b(createPresignedPost|paginate\w+)\(/g;

function actionsOf(source: string): Set<string> {
  return new Set(
    [...source.matchAll(CALL)].flatMap(([, made, called]) => {
      const name = made ?? (called as string);
      const actions = CALLS[name];
      if (!actions) throw new Error(`test/aws/role-actions.test.ts does not know what ${name} must be allowed`);
      return actions;
    }),
  );
}

const allowed = ({ Resources }: Template, role: string) =>
  new Set(statementsOf(Resources[role] as Resource).flatMap(({ Action }) => [Action].flat()));
const roleOf = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}Role`;
/** What a function calls, in its own modules. */
async function calledBy(name: string): Promise<string[]> {
  const { inputs } = await buildFunction(root, name);
  const ours = inputs.filter((file) => !file.includes('node_modules'));
  const sources = await Promise.all(ours.map((file) => readFile(file, 'utf8')));
  const lambda = [...(LAMBDA.all ?? []), ...(LAMBDA[name] ?? [])];
  return [...new Set([...lambda, ...sources.flatMap((source) => [...actionsOf(source)])])].sort();
}

describe('the role of each function', () => {
  let template: Template;
  let names: string[];
  beforeAll(async () => {
    ({ template } = await packageStack());
    names = await listFunctions(root);
  });

  it('allows what the function calls, and no more', async () => {
    const calls = await Promise.all(names.map(async (name) => [roleOf(name), await calledBy(name)]));
    const roles = names.map((name) => [roleOf(name), [...allowed(template, roleOf(name))].sort()]);
    expect(Object.fromEntries(roles)).toEqual(Object.fromEntries(calls));
  });

  it('cannot be overlooked: a call that nobody said a right for fails', () => {
    expect(actionsOf('await client.send(new sdk.GetObjectCommand({ Bucket }))')).toEqual(
      new Set(['s3:GetObject', 's3:ListBucket']),
    );
    expect(() => actionsOf('client.send(new DeleteObjectCommand({}))')).toThrow('DeleteObjectCommand');
  });
});
