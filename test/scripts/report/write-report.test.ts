import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { parseHTML } from 'linkedom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReportInput, writeReport } from '../../../scripts/report/index.ts';
import { HOSTILE, sampleInput, sampleValues } from './sample.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(input: ReportInput) {
  const file = join(folder, 'report.html');
  await writeReport(input, file);
  const text = await readFile(file, 'utf8');
  return { text, document: parseHTML(text).document };
}

function titles({ document }: Awaited<ReturnType<typeof written>>) {
  return [...document.querySelectorAll('h2')].map(({ textContent }) => textContent);
}

describe('writeReport', () => {
  it('has a part for everything that was measured', async () => {
    const report = await written(sampleInput(['cat', 'dog'], 60));
    const { document } = report;
    expect(titles(report)).toEqual([
      'How good it is',
      'What is taken for what',
      'Mistakes and doubts',
      'Label by label',
      'Can its percentages be trusted?',
      'None of these',
      'Would more pictures help?',
      'The pictures themselves',
      'Before and after freezing',
      'Where it comes from',
    ]);
    expect(document.querySelector('.big')?.textContent).toBe('93.3 %');
    expect(document.querySelector('.verdict')?.textContent).toContain('95 % interval 84.1-97.4 %, 60 pictures');
    expect(document.querySelectorAll('svg[role=img][aria-label]').length).toBe(4);
  });

  it('has size, speed and memory before and after freezing, and says what was not measured', async () => {
    const { document } = await written(sampleInput(['cat', 'dog'], 20));
    const section = document.getElementById('performance');
    const cells = [...(section?.querySelectorAll('tbody tr') ?? [])].map((row) =>
      [...row.children].map(({ textContent }) => textContent),
    );
    expect(cells).toEqual([
      ['Size', '16.2 MB', '4.2 MB'],
      ['One answer, the model alone', '18.2 ms (18.0-19.1)', '6.10 ms (6.00-6.40)'],
      ['One answer, decoding included', '–', '9.80 ms (9.50-11.0)'],
      ['Peak memory', '–', '231.0 MB'],
    ]);
    expect(section?.textContent).toContain('Before: the network alone.');
    expect(section?.textContent).toContain('Not measured before freezing: one answer, decoding included, peak memory.');
  });

  it('shows a model of numbers: its error beside one answer, points, the largest errors', async () => {
    const report = await written(sampleValues(200));
    expect(titles(report)).toEqual([
      'How good it is',
      'How far off it is',
      'Largest errors',
      'The table itself',
      'Before and after freezing',
      'Where it comes from',
    ]);
    const { document, text } = report;
    expect(document.querySelector('.big')?.textContent).toMatch(/^1\d,\d+ USD$/);
    expect(document.querySelectorAll('#mistakes tbody tr').length).toBe(25);
    expect(document.querySelectorAll('svg[role=img][aria-label]').length).toBe(2);
    expect(text).not.toContain('not better');
    const poor = { ...sampleValues(200), constant: { ...sampleValues(1).constant, verdict: 'not-better' as const } };
    expect((await written(poor)).text).toContain('it is not better than always answering');
    expect((await written({ ...sampleValues(1), rows: [] })).text).toContain('No row could be answered');
    const lost = sampleValues(2).rows.map((row) => ({ ...row, answered: Number.NaN }));
    await expect(written({ ...sampleValues(2), rows: lost })).rejects.toMatchObject({ code: 'evaluation-failed' });
  });

  it('shows rows of labels without pictures', async () => {
    const report = await written({ ...sampleInput(['small', 'large'], 60), counted: 'rows' });
    expect(report.document.querySelectorAll('img').length).toBe(0);
    expect(report.document.querySelector('.verdict')?.textContent).toContain('60 rows');
    expect(titles(report)).toContain('The table itself');
    expect(titles(report)).not.toContain('None of these');
  });

  it('says the counts of the matrix, and opens the pictures of each cell', async () => {
    const { document } = await written(sampleInput(['cat', 'dog'], 60));
    const rows = [...document.querySelectorAll('.matrix tbody tr')];
    expect(rows.map((row) => [...row.querySelectorAll('td')].map(({ textContent }) => textContent))).toEqual([
      ['28', '2'],
      ['2', '28'],
    ]);
    for (const button of document.querySelectorAll('[popovertarget]'))
      expect(document.getElementById(button.getAttribute('popovertarget') as string)).not.toBeNull();
    expect(document.querySelectorAll('[popover] img[src^="data:image/jpeg;base64,"]').length).toBe(16);
  });

  it('says in a sentence what was not measured, and what was left out where nothing could be answered', async () => {
    const { learningCurve, unknown, performance, duplicates, ...plain } = sampleInput(['cat', 'dog'], 40);
    const bare = await written(plain);
    const said = (id: string) => bare.document.getElementById(id)?.querySelector('p')?.textContent;
    expect(said('unknown')).toContain('always answers one of its labels');
    expect(said('learning')).toContain('Not measured here');
    expect(said('performance')).toBe('Size, speed and memory were not measured.');
    expect(bare.text).toContain('They were not looked for here');
    const report = await written({ ...plain, pictures: [] });
    expect(titles(report)).toEqual([
      'How good it is',
      'None of these',
      'Would more pictures help?',
      'The pictures themselves',
      'Before and after freezing',
      'Where it comes from',
    ]);
    expect(report.document.body.textContent).toContain('No picture could be answered');
  });

  it('holds hostile labels and file names as text', async () => {
    const { text, document } = await written(sampleInput([HOSTILE, `${HOSTILE}"2`, 'مرحبا'], 60));
    expect(document.querySelectorAll('script, img:not([src^="data:image/jpeg"])').length).toBe(0);
    expect([...document.querySelectorAll('*')].filter((one) => one.hasAttribute('onerror'))).toEqual([]);
    expect(document.querySelectorAll('style').length).toBe(1);
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\ud800-\udfff]/);
    expect(text).not.toMatch(/(src|href)="(?!data:image\/jpeg|#)/);
  });

  it('says that a model is not surely better than a constant answer', async () => {
    const sample = sampleInput(['cat', 'dog'], 20);
    const constant = { ...sample, pictures: sample.pictures.map((one) => ({ ...one, called: 'cat' })) };
    expect((await written(constant)).text).toContain('not surely better');
    expect((await written(sampleInput(['cat', 'dog'], 60))).text).not.toContain('not surely better');
  });

  it('stays below 8 MB with 20,000 pictures of 200 labels, 3,000 duplicates and 30,000 files left out', async () => {
    const labels = Array.from({ length: 200 }, (_, number) => `${'long '.repeat(60)}${number}`);
    const input = sampleInput(labels, 20_000);
    const name = (number: number) => `${'folder/'.repeat(30)}${number}.jpg`;
    const { text, document } = await written({
      ...input,
      skipped: Array.from({ length: 30_000 }, (_, number) => ({
        file: name(number),
        reason: 'no picture '.repeat(99),
      })),
      duplicates: Array.from({ length: 3_000 }, (_, number) => [name(number), name(number + 1)]),
    });
    expect(text.length).toBeLessThan(8_000_000);
    expect(document.querySelector('.matrix')).toBeNull();
    expect(document.body.textContent).toContain('The most confused pairs of 200 labels');
  });

  it('stays below 8 MB where every cell of a large matrix is full, names are long and pictures are noise', async () => {
    const labels = Array.from({ length: 20 }, (_, number) => `${'"<&\u202e'.repeat(240)}${number}`);
    const sample = sampleInput(labels, 2_000);
    const noise = randomBytes(160 * 160 * 3);
    const png = await sharp(noise, { raw: { width: 160, height: 160, channels: 3 } })
      .png()
      .toBuffer();
    const pictures = sample.pictures.map((one, number) => ({
      ...one,
      file: `${'"<&'.repeat(400)}${number}`,
      called: labels[Math.floor(number / 20) % 20] as string,
      read: async () => png,
    }));
    const { text, document } = await written({ ...sample, pictures });
    expect(document.querySelectorAll('.matrix [popovertarget]').length).toBe(400);
    expect(text.length).toBeGreaterThan(4_000_000);
    expect(text.length).toBeLessThan(8_000_000);
  });

  it('shows a picture that is gone without a preview', async () => {
    const sample = sampleInput(['cat', 'dog'], 20);
    const pictures = sample.pictures.map(({ read, ...one }) => ({ ...one, path: join(folder, 'gone.jpg') }));
    const { document } = await written({ ...sample, pictures });
    expect(document.querySelectorAll('img').length).toBe(0);
    expect(document.querySelectorAll('.blank').length).toBeGreaterThan(0);
  });

  it.each([
    [{ called: 'dgo' }, 'labels-unknown'],
    [{ probability: Number.NaN }, 'evaluation-failed'],
    [{ own: 1.5 }, 'evaluation-failed'],
  ])('refuses %o, and writes nothing', async (wrong, code) => {
    const sample = sampleInput(['cat', 'dog'], 4);
    const pictures = sample.pictures.map((one) => ({ ...one, ...wrong }));
    const file = join(folder, 'refused.html');
    const error = await writeReport({ ...sample, pictures }, file).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FreezeframeError);
    expect(error).toMatchObject({ code });
    expect(await readdir(folder)).not.toContain('refused.html');
  });
});
