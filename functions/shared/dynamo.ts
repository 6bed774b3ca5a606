import { type Change, updateOf } from './dynamo-update.ts';
import { PATIENCE } from './patience.ts';
import { lazily } from './runtime/lazily.ts';

/** The SDK takes longer to load than the model: only functions that keep results do, and they once. */
const dynamo = lazily(async () => {
  const [{ DynamoDBClient }, { DynamoDBDocumentClient, GetCommand, UpdateCommand }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 3, requestHandler: PATIENCE }), {
    // Numbers of a model are floats, of any size: left alone, the SDK refuses whole ones past 2^53, and reads them as BigInts.
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
    unmarshallOptions: { wrapNumbers: Number },
  });
  return { documents, GetCommand, UpdateCommand };
});

/** The row of a table whose key is `id`, as it is now. */
export async function readItem<T>(table: string, id: string): Promise<T | undefined> {
  const { documents, GetCommand } = await dynamo();
  const { Item } = await documents.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
  return Item as T | undefined;
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
