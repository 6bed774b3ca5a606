import { lazily } from '../shared/lazily.ts';

/** A row of the results table, as the uploads function writes it. */
export interface ResultRow {
  readonly id: string;
  readonly status: 'pending' | 'done' | 'failed';
  readonly bucket: string;
  readonly key: string;
  readonly result?: unknown;
  readonly problem?: unknown;
  readonly createdAt: string;
  readonly updatedAt?: string;
  /** Seconds since 1970; DynamoDB removes the row some time after. */
  readonly expiresAt: number;
}

/** The SDK takes longer to load than the model: only those who ask for results wait for it. */
const client = lazily(async () => {
  const [{ DynamoDBClient }, { DynamoDBDocumentClient, GetCommand, PutCommand }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  return { documents: DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 3 })), GetCommand, PutCommand };
});

export async function readRow(table: string, id: string): Promise<ResultRow | undefined> {
  const { documents, GetCommand } = await client();
  const { Item } = await documents.send(new GetCommand({ TableName: table, Key: { id } }));
  return Item as ResultRow | undefined;
}

/** Says that a result is to come; what is there already is newer and stays. */
export async function writePending(table: string, row: ResultRow): Promise<void> {
  const { documents, PutCommand } = await client();
  const condition = { ConditionExpression: 'attribute_not_exists(id)' };
  await documents.send(new PutCommand({ TableName: table, Item: row, ...condition })).catch((error: Error) => {
    if (error.name !== 'ConditionalCheckFailedException') throw error;
  });
}
