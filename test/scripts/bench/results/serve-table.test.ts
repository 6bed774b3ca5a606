import { describe, expect, it } from 'vitest';
import { serveChart } from '../../../../scripts/bench/results/serve-chart.ts';
import { serveTable } from '../../../../scripts/bench/results/serve-table.ts';

const warm = { medianMs: 12.34, p95Ms: 15, p99Ms: 20, spread: 0.05, answers: 9, dollarsPerMillion: 0.57, ratio: 1.04 };
const figures = {
  freezeframe: { about: 'the function', bytes: 80e6, peakMb: 180, warm: { 'a JPEG': warm } },
  other: { about: 'something', skipped: 'it is not for this machine' },
};

describe('the results of serving', () => {
  it('has a table for each picture, and the reason of whatever was left out', () => {
    const table = serveTable(figures);
    expect(table).toContain('**a JPEG**');
    expect(table).toContain('| freezeframe | 12.3 | 15.0 | 20.0 | 5 % | 1.04 |');
    expect(table).toContain('- other was left out: it is not for this machine');
    expect(table).not.toContain('| other |');
  });

  it('is drawn as a picture that stands alone', () => {
    const chart = serveChart(figures);
    expect(chart).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(chart).toContain('12 ms · 1.04x');
  });
});
