import { formatTable } from '#terminal';
import { PRICES, type Properties } from './prices.ts';

/** What is read of a CloudFormation template. */
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
}

/** All resources of one kind. */
interface Cost {
  readonly type: string;
  readonly what: string;
  readonly count: number;
  /** USD a month while nobody uses it, with nothing free; undefined where it is not known. */
  readonly idle: number | undefined;
  /** USD of it that every account is given. */
  readonly free: number;
  readonly hourly: boolean;
  readonly use: string;
}

export interface Costs {
  readonly rows: readonly Cost[];
  /** USD a month, idle: where what AWS gives every account is used up, and where none of it is. */
  readonly most: number;
  readonly least: number;
  /** Logical ids of what is billed by the hour. */
  readonly hourly: readonly string[];
  /** Types whose price is not known here; they are not in the sums. */
  readonly unknown: readonly string[];
}

/** Of a bucket's GB and month. */
const STORAGE = 0.023;

/**
 * What a template costs to keep, kind by kind.
 * @param stored bytes that the bucket for deployments will hold at most.
 */
export function costsOf({ Resources }: Template, stored = 0): Costs {
  const kinds = new Map<string, [id: string, properties: Properties][]>();
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    kinds.set(Type, [...(kinds.get(Type) ?? []), [id, Properties]]);
  }
  const hourly: string[] = [];
  const rows = [...kinds].sort().map(([type, all]): Cost => {
    const price = PRICES[type];
    const byTheHour = all.filter(([, properties]) => price?.hourly?.(properties)).map(([id]) => id);
    hourly.push(...byTheHour);
    const known = price && (byTheHour.length === 0 || price.idle);
    const storage = type === 'AWS::S3::Bucket' ? (stored / 1e9) * STORAGE : 0;
    const idle = all.reduce((sum, [, properties]) => sum + (price?.idle?.(properties) ?? 0), storage);
    return {
      type,
      what: price?.what ?? type,
      count: all.length,
      idle: known ? idle : undefined,
      free: Math.min(idle, price?.free ?? 0),
      hourly: byTheHour.length > 0,
      use: price?.use ?? 'not known here: aws.amazon.com/pricing',
    };
  });
  const sum = (of: (row: Cost) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    rows,
    most: sum(({ idle = 0 }) => idle),
    least: sum(({ idle = 0, free }) => idle - free),
    hourly,
    unknown: rows.filter(({ idle }) => idle === undefined).map(({ type }) => type),
  };
}

/** A table by resource; what never costs anything is one line. */
export function costsText({ rows, most, least, hourly, unknown }: Costs): string {
  const told = rows.filter(({ use, idle }) => use !== 'nothing' || idle !== 0);
  const others = rows.filter((row) => !told.includes(row)).reduce((sum, { count }) => sum + count, 0);
  const lines = told.map(({ what, count, idle, use }) => [
    what,
    `${count}`,
    idle === undefined ? '?' : dollars(idle),
    use,
  ]);
  const rest = others > 0 ? [['roles, routes, policies and the like', `${others}`, dollars(0), 'nothing']] : [];
  return [
    formatTable(['what it costs to keep', '>', '>idle, a month', 'use'], [...lines, ...rest]),
    `Idle: ${dollars(least)} to ${dollars(most)} a month, as what AWS gives every account is free or used up. ` +
      `${hourly.length > 0 ? `Billed by the hour: ${hourly.join(', ')}.` : 'Nothing is billed by the hour.'}`,
    ...(unknown.length > 0 ? [`Not in the sum, as their price is not known here: ${unknown.join(', ')}.`] : []),
    'List prices of us-east-1; other regions differ.',
  ].join('\n');
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
