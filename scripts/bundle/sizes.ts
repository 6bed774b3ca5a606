import { FreezeframeError } from '@freezeframe/inference';
import { formatTable } from '#terminal';

/** A function and its layers together, unpacked: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const UNZIPPED_LIMIT = 262_144_000;

export interface UnitSize {
  /** `layers/inference`, `functions/http`. */
  readonly name: string;
  /** Bytes. */
  readonly zipped: number;
  readonly unzipped: number;
}

/** What counts against the limit: all layers and the largest function (a function never holds another one's code). */
export function deployedSize(units: readonly UnitSize[]): UnitSize {
  const layers = units.filter(({ name }) => name.startsWith('layers/'));
  const [largest] = units.filter((unit) => !layers.includes(unit)).sort((a, b) => b.unzipped - a.unzipped);
  const counted = largest ? [...layers, largest] : layers;
  return {
    name: largest ? `layers and ${largest.name}` : 'layers',
    zipped: counted.reduce((sum, unit) => sum + unit.zipped, 0),
    unzipped: counted.reduce((sum, unit) => sum + unit.unzipped, 0),
  };
}

/** @throws FreezeframeError `bundle-too-large` above the limit. */
export function checkLimit(units: readonly UnitSize[], limit = UNZIPPED_LIMIT): void {
  const total = deployedSize(units);
  if (total.unzipped <= limit) return;
  const largest = [...units].sort((a, b) => b.unzipped - a.unzipped)[0] as UnitSize;
  throw new FreezeframeError(
    'bundle-too-large',
    `The ${total.name} unpack to ${bytes(total.unzipped)} bytes and Lambda takes ${bytes(limit)}; the largest part is ` +
      `${largest.name} with ${bytes(largest.unzipped)}.`,
    {
      remedy:
        'Bundle fewer models (freezeframe bundle --model NAME) or a smaller one. What was built before is untouched.',
      details: { unzipped: total.unzipped, limit, units: units.map(({ name, unzipped }) => ({ name, unzipped })) },
    },
  );
}

/** The printed table: zipped, unzipped, share of the limit. */
export function sizeTable(units: readonly UnitSize[], limit = UNZIPPED_LIMIT): string {
  const rows = [...units, deployedSize(units)].map(({ name, zipped, unzipped }) => [
    name,
    bytes(zipped),
    bytes(unzipped),
    `${((100 * unzipped) / limit).toFixed(1)} %`,
  ]);
  return formatTable(['', '>zipped', '>unzipped', `>of ${bytes(limit)}`], rows);
}

function bytes(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
