import type { Bench } from '../bench.ts';
import { serveChart } from '../results/serve-chart.ts';
import { serveTable } from '../results/serve-table.ts';
import { measureServing, type ServeFigures } from '../serve/run.ts';

export const serveBench: Bench<ServeFigures> = {
  name: 'serve',
  summary: 'MobileNetV2 behind one local Runtime API: this project against what people would use instead, in turns.',
  run: (options) => measureServing(options, { cold: true, warm: true }),
  table: serveTable,
  chart: serveChart,
};
