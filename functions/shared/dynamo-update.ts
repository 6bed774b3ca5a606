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
