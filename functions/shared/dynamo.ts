import { lazily } from './runtime/lazily.ts';

/** The SDK takes longer to load than the model: only functions that keep results do, and they once. */
const dynamo = lazily(async () => {
  const [{ DynamoDBClient }, { DynamoDBDocumentClient, GetCommand, UpdateCommand }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 3 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return { documents, GetCommand, UpdateCommand };
});

/** The row of a table whose key is `id`, as it is now. */
export async function readItem<T>(table: string, id: string): Promise<T | undefined> {
  const { documents, GetCommand } = await dynamo();
  const { Item } = await documents.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
  return Item as T | undefined;
}

export interface Change {
  /** Attribute -> its new value. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Set only where there is none yet. */
  readonly keep?: Readonly<Record<string, unknown>>;
  /** A condition expression: `#name` is an attribute, `:name` one of `values`. */
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The request that makes a change. */
export function updateOf(table: string, id: string, { set, keep = {}, remove = [], where, values }: Change) {
  const sets = [
    ...Object.keys(set).map((name) => `#${name} = :set_${name}`),
    ...Object.keys(keep).map((name) => `#${name} = if_not_exists(#${name}, :set_${name})`),
  ];
  const removes = remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : '';
  const named = [...Object.keys(set), ...Object.keys(keep), ...remove, ...(where.match(/#\w+/g) ?? [])];
  const prefixed = (record: Readonly<Record<string, unknown>>, prefix: string) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}${name}`, value]));
  return {
    TableName: table,
    Key: { id },
    UpdateExpression: `SET ${sets.join(', ')}${removes}`,
    ConditionExpression: where,
    ReturnValues: 'ALL_NEW' as const,
    ExpressionAttributeNames: Object.fromEntries(
      named.map((name) => name.replace('#', '')).map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...prefixed(set, ':set_'),
      ...prefixed(keep, ':set_'),
      ...prefixed(values, ':'),
    },
  };
}

/** Changes a row where the condition holds. @returns the row as it is then; undefined where the condition did not hold. */
export async function changeItem<T>(table: string, id: string, change: Change): Promise<T | undefined> {
  const { documents, UpdateCommand } = await dynamo();
  try {
    return (await documents.send(new UpdateCommand(updateOf(table, id, change)))).Attributes as T;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}
