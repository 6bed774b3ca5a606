/** DynamoDB's typed values: `{S: 'text'}`, `{N: '7'}`, ... */
type AttributeValue = Record<string, unknown>;
export type Item = Record<string, AttributeValue>;

export interface Names {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** What DynamoDB says to an expression that it cannot read. */
export class ValidationException extends Error {
  override name = 'ValidationException';
}

const TOKEN = /\s*(<=|>=|<>|[()=<>,]|[#:]?[A-Za-z_][\w]*)/y;

class Reader {
  readonly #tokens: string[] = [];
  readonly #names: Names;
  readonly #item: Item;
  #at = 0;

  constructor(text: string, names: Names, item: Item) {
    this.#names = names;
    this.#item = item;
    TOKEN.lastIndex = 0;
    const end = text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw new ValidationException(`unreadable at ${text.slice(from)}`);
      this.#tokens.push(match[1] as string);
    }
  }

  get next(): string | undefined {
    return this.#tokens[this.#at];
  }

  take(wanted?: string): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new ValidationException(`expected ${wanted ?? 'more'}, found ${token}`);
    }
    return token;
  }

  is(word: string): boolean {
    return this.next?.toUpperCase() === word;
  }

  /** `#name` or `name`. */
  path(): string {
    const token = this.take();
    if (!token.startsWith('#')) return token;
    const name = this.#names.ExpressionAttributeNames?.[token];
    if (name === undefined) throw new ValidationException(`${token} is not defined`);
    return name;
  }

  operand(): AttributeValue | undefined {
    if (this.is('IF_NOT_EXISTS')) {
      this.take();
      this.take('(');
      const present = this.#item[this.path()];
      this.take(',');
      const other = this.operand();
      this.take(')');
      return present ?? other;
    }
    if (!this.next?.startsWith(':')) return this.#item[this.path()];
    const token = this.take();
    const value = this.#names.ExpressionAttributeValues?.[token];
    if (value === undefined) throw new ValidationException(`${token} is not defined`);
    return value;
  }

  or(): boolean {
    let value = this.and();
    while (this.is('OR')) {
      this.take();
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  and(): boolean {
    let value = this.not();
    while (this.is('AND')) {
      this.take();
      const right = this.not();
      value = value && right;
    }
    return value;
  }

  not(): boolean {
    if (this.is('NOT')) {
      this.take();
      return !this.not();
    }
    if (this.next === '(') {
      this.take();
      const value = this.or();
      this.take(')');
      return value;
    }
    if (this.is('ATTRIBUTE_EXISTS') || this.is('ATTRIBUTE_NOT_EXISTS')) {
      const wanted = this.take().toLowerCase() === 'attribute_exists';
      this.take('(');
      const exists = this.#item[this.path()] !== undefined;
      this.take(')');
      return exists === wanted;
    }
    const left = this.operand();
    const operator = this.take();
    return compare(left, operator, this.operand());
  }
}

function compare(left: AttributeValue | undefined, operator: string, right: AttributeValue | undefined): boolean {
  if (!left || !right) return operator === '<>' && left !== right;
  const [[leftType, a], [rightType, b]] = [left, right].map(
    (value) => Object.entries(value)[0] as [string, unknown],
  ) as [[string, unknown], [string, unknown]];
  if (leftType !== rightType) return operator === '<>';
  const order =
    leftType === 'N' ? Number(a) - Number(b) : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      throw new ValidationException(`no such comparison: ${operator}`);
  }
}

/** A condition expression over an item; an absent item is empty. */
export function holds(text: string | undefined, names: Names, item: Item): boolean {
  if (text === undefined) return true;
  const reader = new Reader(text, names, item);
  const value = reader.or();
  if (reader.next !== undefined) throw new ValidationException(`not understood: ${reader.next}`);
  return value;
}

/** An update expression of `SET` and `REMOVE`: the item as it is after it. */
export function update(text: string, names: Names, item: Item): Item {
  const reader = new Reader(text, names, item);
  const changed = { ...item };
  while (reader.next !== undefined) {
    const clause = reader.take().toUpperCase();
    if (clause !== 'SET' && clause !== 'REMOVE') throw new ValidationException(`not understood: ${clause}`);
    for (;;) {
      const name = reader.path();
      if (clause === 'REMOVE') delete changed[name];
      else {
        reader.take('=');
        const value = reader.operand();
        if (!value) throw new ValidationException(`${name} would be set to nothing`);
        changed[name] = value;
      }
      if (reader.next !== ',') break;
      reader.take();
    }
  }
  return changed;
}
