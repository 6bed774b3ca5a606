import { tooMuch } from './errors.ts';
import { expandedBytes, PICKLE_LIMITS } from './limits.ts';
import { isNode, type PickleNode, type PickleValue } from './machine/values.ts';

interface Size {
  readonly depth: number;
  readonly values: number;
  readonly bytes: number;
}

/**
 * Measures the tree as if whatever is shared were there wherever it is used, without walking it so: each node once.
 * After this, whoever walks the tree may recurse, and cannot be made to walk for ever.
 * @throws ImportError `limit-exceeded` for a tree that is too deep, too large when expanded, or that contains itself
 */
export function measureTree(root: PickleValue, length: number): void {
  if (!isNode(root)) return;
  const sizes = new Map<PickleNode, Size | 'open'>();
  const stack: PickleNode[] = [root];
  while (stack.length > 0) {
    const node = stack.at(-1) as PickleNode;
    const known = sizes.get(node);
    if (known !== undefined && known !== 'open') {
      stack.pop();
      continue;
    }
    const children = childrenOf(node);
    if (known === 'open') {
      sizes.set(node, check(sizeOf(node, children, sizes), length));
      stack.pop();
      continue;
    }
    sizes.set(node, 'open');
    for (const child of children) {
      if (!isNode(child)) continue;
      const size = sizes.get(child);
      if (size === 'open')
        throw tooMuch('the depth (it contains itself)', PICKLE_LIMITS.depth, Number.POSITIVE_INFINITY);
      if (!size) stack.push(child);
    }
  }
}

function childrenOf(node: PickleNode): readonly PickleValue[] {
  switch (node.kind) {
    case 'dict':
      return [...node.entries.keys(), ...node.entries.values()];
    case 'object':
      return [...node.args, node.state];
    case 'ndarray':
      return node.objects ?? [];
    case 'list':
    case 'tuple':
    case 'set':
      return node.items;
    default:
      return [];
  }
}

function sizeOf(
  node: PickleNode,
  children: readonly PickleValue[],
  sizes: ReadonlyMap<PickleNode, Size | 'open'>,
): Size {
  let [depth, values, bytes] = [0, 1, node.kind === 'ndarray' ? node.raw.length : 0];
  for (const child of children) {
    if (isNode(child)) {
      const size = sizes.get(child) as Size;
      depth = Math.max(depth, size.depth);
      values += size.values;
      bytes += size.bytes;
    } else {
      values += 1;
      if (typeof child === 'string' || child instanceof Uint8Array) bytes += child.length;
    }
  }
  return { depth: depth + 1, values, bytes };
}

function check(size: Size, length: number): Size {
  if (size.depth > PICKLE_LIMITS.depth) throw tooMuch('the depth', PICKLE_LIMITS.depth, size.depth);
  if (size.values > PICKLE_LIMITS.values) throw tooMuch('the values', PICKLE_LIMITS.values, size.values);
  if (size.bytes > expandedBytes(length)) throw tooMuch('the bytes', expandedBytes(length), size.bytes);
  return size;
}
