import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** An attribute as DynamoDB's JSON has it: `{"S": "text"}`. */
type Item = Record<string, unknown>;

/**
 * DynamoDB's GetItem and UpdateItem on loopback, by `id`; an update sets what it names and holds where no item is there.
 * The real SDK talks to it. `failing`: the error that is answered instead, if any.
 */
export function useDynamoDb() {
  const items = new Map<string, Item>();
  const state: { failing?: string } = {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const target = String(request.headers['x-amz-target']).split('.')[1];
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(value));
    };
    if (state.failing) return answer(400, { __type: `com.amazonaws.dynamodb.v20120810#${state.failing}` });
    const id = body.Key.id.S as string;
    if (target === 'GetItem') return answer(200, items.has(id) ? { Item: items.get(id) } : {});
    if (items.has(id)) {
      return answer(400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' });
    }
    const item: Item = { id: { S: id } };
    for (const [, name = '', value = ''] of String(body.UpdateExpression).matchAll(/(#\w+) = (:\w+)/g)) {
      item[body.ExpressionAttributeNames[name]] = body.ExpressionAttributeValues[value];
    }
    items.set(id, item);
    return answer(200, {});
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    items.clear();
    delete state.failing;
  });
  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { items, state };
}
