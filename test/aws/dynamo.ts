import { holds, type Item, type Names, update, ValidationException } from './expression.ts';

interface Request extends Names {
  TableName: string;
  Key: Item;
  Item: Item;
  ConditionExpression?: string;
  UpdateExpression: string;
  ReturnValues?: string;
  ReturnValuesOnConditionCheckFailure?: string;
}

/** What a service answers instead of a result. */
export class Refusal extends Error {
  readonly status: number;
  readonly more: Record<string, unknown>;
  constructor(name: string, status = 400, more: Record<string, unknown> = {}) {
    super(name);
    this.name = name;
    this.status = status;
    this.more = more;
  }
}

/** Tables of items under a string key `id`, with conditions; one request after the other, as DynamoDB does for an item. */
export class FakeDynamo {
  readonly tables = new Map<string, Map<string, Item>>();
  /** How often each item was written. */
  writes = 0;

  table(name: string): Map<string, Item> {
    const table = this.tables.get(name) ?? new Map<string, Item>();
    this.tables.set(name, table);
    return table;
  }

  call(operation: string, request: Request): unknown {
    try {
      return this.#call(operation, request);
    } catch (error) {
      throw error instanceof ValidationException ? new Refusal(error.name, 400, { message: error.message }) : error;
    }
  }

  #call(operation: string, request: Request): unknown {
    const table = this.table(request.TableName);
    const id = String((request.Key ?? request.Item).id?.S);
    const item = table.get(id);
    if (operation === 'GetItem') return item ? { Item: item } : {};
    if (!holds(request.ConditionExpression, request, item ?? {})) {
      const shown = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item ? { Item: item } : {};
      throw new Refusal('ConditionalCheckFailedException', 400, shown);
    }
    this.writes++;
    if (operation === 'PutItem') table.set(id, request.Item);
    else if (operation === 'DeleteItem') table.delete(id);
    else if (operation === 'UpdateItem') {
      const changed = update(request.UpdateExpression, request, item ?? request.Key);
      table.set(id, changed);
      if (request.ReturnValues === 'ALL_NEW') return { Attributes: changed };
    } else throw new Refusal('UnknownOperationException');
    return {};
  }
}
