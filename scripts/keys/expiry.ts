import { expected, FreezeframeError } from '@freezeframe/inference';

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 365 * 86_400_000 };

/**
 * When a key ends: `90d`, `12h`, `2w`, `1y` from now, or a day (its first moment, UTC) or time as ISO 8601 writes it.
 * @returns ISO 8601. @throws FreezeframeError `used-wrongly`, also for what is past.
 */
export function parseExpiry(text: string, now = new Date()): string {
  const [, count, unit = ''] = /^(\d{1,4})([hdwy])$/.exec(text) ?? [];
  const time = count ? now.getTime() + Number(count) * (UNITS[unit] ?? 0) : parseDate(text);
  if (time > now.getTime()) return new Date(time).toISOString();
  throw new FreezeframeError('used-wrongly', expected('a time to come', '--expires', text), {
    remedy: 'Say --expires 90d (h, d, w, y), or a day: --expires 2030-12-31.',
  });
}

function parseDate(text: string): number {
  return /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
}
