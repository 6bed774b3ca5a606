import { FreezeframeError } from '@freezeframe/inference';

/** A node that cannot be frozen. */
export interface UnsupportedNode {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

/** Lines that a person reads; all are in `details`. */
const SHOWN = 30;

/**
 * All that cannot be frozen, said at once.
 * @param count operators of the graph
 * @param supported names of operators, as the remedy lists them; `details` are what machines read besides
 */
export function unsupportedOperators(
  problems: readonly UnsupportedNode[],
  count: number,
  supported: readonly string[],
  details: Readonly<Record<string, unknown>>,
): FreezeframeError {
  const ops = [...new Set(problems.map(({ op }) => op))];
  const list = problems.slice(0, SHOWN).map(({ node, op, reason }) => `"${node}" (${op}): ${reason}`);
  if (problems.length > SHOWN) list.push(`and ${problems.length - SHOWN} more`);
  const message = `${problems.length} of ${count} operators cannot be frozen (${ops.join(', ')}):\n  ${list.join('\n  ')}`;
  return new FreezeframeError('unsupported-layer', message, {
    details: { unsupported: problems, ...details },
    remedy: `Supported are ${supported.join(', ')}. If there is a Keras file of this model, import that.`,
  });
}
