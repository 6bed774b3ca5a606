import type { KerasModel } from '#keras';

const MIXED = /^(mixed_)?(float16|bfloat16|float64)$|^float8/;

/** What a model computes in, where that is not float32; the policies' names, each once. */
export function otherPrecisions(config: KerasModel['config']): string[] {
  const found = new Set<string>();
  collect(config.config, found);
  return [...found].sort();
}

/** Says that the frozen model computes in float32 what the model computed otherwise. */
export function precisionNotes(config: KerasModel['config']): string[] {
  const names = otherPrecisions(config);
  if (names.length === 0) return [];
  return [`Layers of the model compute in ${names.join(', ')}: the frozen model does so in float32.`];
}

/** A `dtype` is a name, or a policy: `{ class_name: 'DTypePolicy', config: { name: 'mixed_float16' } }`. */
function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      const policy = key === 'dtype' ? nameOf(item) : undefined;
      if (policy !== undefined && MIXED.test(policy)) found.add(policy);
      else collect(item, found);
    }
  }
}

function nameOf(dtype: unknown): string | undefined {
  if (typeof dtype === 'string') return dtype;
  const { config } = (dtype ?? {}) as { config?: { name?: unknown } | null };
  return typeof config?.name === 'string' ? config.name : undefined;
}
