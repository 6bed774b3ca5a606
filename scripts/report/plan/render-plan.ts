import {
  dollars,
  hoursInWords,
  milliseconds,
  notesOf,
  type Plan,
  recommendedSize,
  requestsInWords,
  type SizePlan,
  sizeInWords,
  smallShare,
} from '#plan';
import { environmentRows } from '../environment.ts';
import { type Html, html } from '../html.ts';
import { renderPage } from '../page.ts';
import { type Section, scrolling, table } from '../sections/section.ts';
import { count } from '../words.ts';
import { priceChart, type Slice, timeChart, timesChart } from './charts.ts';

/** The whole document as text. */
export async function renderPlan(plan: Plan): Promise<string> {
  const { arrivals, measured, recommended, warnings } = plan;
  const taken = recommendedSize(plan);
  return renderPage({
    title: 'Plan',
    name: measured,
    lead: 'What to take',
    summary: html`<p class="verdict"><span class="big">${taken ? `${count(taken.memoryMb)} MB` : 'None'}</span> <span>${recommended.why}</span></p>
${warnings.map((one) => html`<p class="warning">${one}</p>`)}<p>${requestsInWords(arrivals.requests)} in ${hoursInWords(arrivals.hours)}: ${arrivals.says}.${taken ? ` ${sizeInWords(taken)}` : ''}</p>`,
    sections: [
      sizesSection(plan, taken),
      ...overTime(taken ?? plan.sizes[0]),
      assumptions(plan, (await environmentRows())[0]),
    ],
  });
}

function sizesSection({ sizes, processor, prices }: Plan, taken: SizePlan | undefined): Section {
  const rows = sizes.map((size) => [
    `${count(size.memoryMb)} MB`,
    size.vcpus.toFixed(2),
    milliseconds(size.coldMs),
    milliseconds(size.latencyMs.p50),
    milliseconds(size.latencyMs.p95),
    milliseconds(size.latencyMs.p99),
    smallShare(size.coldShare),
    size.concurrency.mean.toFixed(2),
    count(size.concurrency.peak),
    dollars(size.costPerMillion),
    size.costPerMonth === null ? '–' : dollars(size.costPerMonth),
    notesOf(size),
  ]);
  const caption = `Prices of Lambda alone, ${processor} in ${prices.region}, ${prices.day}`;
  const header = [
    'Memory',
    '>vCPU',
    '>Cold',
    '>p50',
    '>p95',
    '>p99',
    '>Cold starts',
    '>At once',
    '>Most',
    '>$/million',
    '>$/month',
    'Notes',
  ];
  const numbers = table(caption, header, rows);
  return {
    id: 'sizes',
    title: 'Every memory size',
    body: html`${scrolling(caption, numbers)}
<p class="note">p50, p95, p99: that many of 100 requests are answered within this time. Cold: a median answer for which an environment is started. At once, most: environments at work, in the mean and at the busiest moment.</p>
<div class="charts">${shown(timesChart(sizes), 'How long requests take')}${shown(priceChart(sizes, taken), 'What a million answers cost')}</div>`,
  };
}

/** A chart whose numbers stand in a table beside it. */
function shown(chart: Html, caption: string): Html {
  return html`<figure class="chart">${chart}<figcaption>${caption}</figcaption></figure>`;
}

/** Slices of a row: 240 rows would not be read. */
const IN_ROW = 10;

/** Of the size to take, or of the first where none is. */
function overTime(size: SizePlan | undefined): Section[] {
  if (!size) return [];
  const { seconds, arrivals, colds, refusals, peaks } = size.timeline;
  const slices = (values: readonly number[], scale = 1): Slice[] =>
    values.map((value, i) => ({ hour: ((i + 0.5) * seconds) / 3600, value: value * scale }));
  const rows = Array.from({ length: Math.ceil(arrivals.length / IN_ROW) }, (_, row) => {
    const within = (values: readonly number[]) => values.slice(row * IN_ROW, (row + 1) * IN_ROW);
    const sum = (values: readonly number[]) => count(within(values).reduce((all, one) => all + one, 0));
    const from = (row * IN_ROW * seconds) / 3600;
    return [from.toFixed(2), sum(arrivals), sum(colds), sum(refusals), count(Math.max(...within(peaks)))];
  });
  const caption = 'The numbers of these charts';
  const numbers = table(caption, ['From hour', '>Requests', '>Cold starts', '>Refused', '>At work at most'], rows);
  return [
    {
      id: 'time',
      title: 'Over the time',
      body: html`<p>With ${count(size.memoryMb)} MB.</p>
<div class="charts">${shown(
        timeChart(
          slices(arrivals, 1 / seconds),
          'requests a second',
          'Requests a second over the time. The table below holds the numbers.',
        ),
        'How many requests arrive',
      )}${shown(
        timeChart(
          slices(peaks),
          'environments at work',
          'Environments at work at once over the time, at most. The table below holds the numbers.',
        ),
        'How many environments are at work at once, at most',
      )}</div>
<details><summary>${caption}</summary>${scrolling(caption, numbers)}</details>`,
    },
  ];
}

function assumptions({ assumptions: said, seed }: Plan, maker: readonly [string, string] | undefined): Section {
  const rows = [...(maker ? [maker] : []), ['Seed', String(seed)] as const];
  return {
    id: 'assumptions',
    title: 'What this rests on',
    body: html`<ul class="list">${said.map(({ says, source }) => html`<li>${says} <span class="note">${source}</span></li>`)}</ul>
<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
  };
}
