import { createHash } from 'node:crypto';

/** sha256 in lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The digest of a version: sha256 over its manifest without name and version. The model file's own sha256 stands in the
 * manifest, so this covers every byte, and the same content has the same digest under any name and number.
 */
export function digestOf(manifest: Readonly<Record<string, unknown>>): string {
  const { name: _name, version: _version, ...content } = manifest;
  return sha256(canonical(content));
}

/** JSON with every object's keys sorted: the order in which somebody built an object must not change its digest. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
