import type { Bench } from '../bench.ts';
import { serveTable } from '../results/serve-table.ts';
import { measureServing, type ServeFigures } from '../serve/run.ts';

export const coldBench: Bench<ServeFigures> = {
  name: 'cold',
  summary:
    'Cold starts with MobileNetV2: spawn, ready for the first event, first answer; against the same subjects as serve.',
  run: (options) => measureServing(options, { cold: true, warm: false }),
  table: serveTable,
};
