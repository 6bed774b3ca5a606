import { type Markish, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html, html } from '../html.ts';

/** Narrow enough for a phone, so that the words in a chart are never shrunk much. */
const WIDTH = 400;
const HEIGHT = 290;

interface Axis {
  label: string;
  domain?: [number, number];
  type?: 'log' | 'linear';
  ticks?: number | number[];
  percent?: boolean;
  /** 1,200,000 as 1.2M. */
  compact?: boolean;
}

export interface Chart {
  /** What the chart shows, for those who do not see it. */
  says: string;
  x: Axis;
  y: Axis;
  marks: Markish[];
}

/** Draws a chart as SVG. Its colours are variables of the page, so that it goes dark with it. */
export function draw({ says, x, y, marks }: Chart): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    document: document as never,
    // Its own default is made of the style's digest.
    className: 'plot',
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 48,
    marginRight: 22,
    marginBottom: 42,
    marginTop: 26,
    style: { fontSize: '13px', background: 'none' },
    x: axis(x),
    y: { ...axis(y), grid: true },
    // Radii are pixels.
    r: { type: 'identity' },
    marks,
  });
  // One image with one description: what is in it would be read as words without their places.
  for (const part of svg.children) part.setAttribute('aria-hidden', 'true');
  // Words in a colour of their own have it as their `color` too, as tools that measure contrast expect.
  for (const group of svg.querySelectorAll('g[fill^="var("]'))
    group.setAttribute('style', `color: ${group.getAttribute('fill')}`);
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', says);
  return new Html(svg.outerHTML);
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

function axis({ label, domain, type, ticks, percent, compact }: Axis) {
  return {
    label,
    labelArrow: 'none' as const,
    ...(domain === undefined ? {} : { domain }),
    ...(type === undefined ? {} : { type }),
    ...(ticks === undefined ? {} : { ticks }),
    ...(compact ? { tickFormat: (value: number) => COMPACT.format(value) } : {}),
    ...(percent ? { tickFormat: (value: number) => `${Math.round(value * 1000) / 10} %` } : {}),
  };
}

/** A chart with its caption, and its numbers as a table for those who want them or cannot see it. */
export function figure(chart: Html, caption: string, table: Html): Html {
  return html`<figure class="chart">${chart}<figcaption>${caption}</figcaption>
<details><summary>The numbers of this chart</summary><div class="scroll" tabindex="0" role="region" aria-label="${caption}">${table}</div></details></figure>`;
}
