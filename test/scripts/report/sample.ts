import sharp from 'sharp';
import type {
  ComparisonInput,
  LabelReport,
  ReportPicture,
  SheetInput,
  SheetPicture,
  ValueReport,
} from '../../../scripts/report/index.ts';

/** What a name may hold to leave its place: an element, an attribute, the order of the text, the page itself. */
export const HOSTILE = `</script></style><img src=x onerror=alert(1)>"'\`&amp;<!--\u202egnp.exe\u0000\n\ud800`;

/** A small picture of one colour, a little different for each number. */
function picture(number: number): () => Promise<Buffer> {
  const background = { r: (number * 37) % 256, g: (number * 91) % 256, b: 120 };
  return () =>
    sharp({ create: { width: 48, height: 36, channels: 3, background } })
      .png()
      .toBuffer();
}

/** A report's input with everything in it, made of a plain formula. */
export function sampleInput(labels: readonly string[], count: number): LabelReport {
  const pictures = Array.from({ length: count }, (_, number): ReportPicture => {
    const is = number % labels.length;
    const wrong = number % 11 === 3;
    const probability = wrong ? 0.5 + (number % 50) / 101 : 0.7 + (number % 30) / 101;
    const called = wrong ? (is + 1 + (number % 3)) % labels.length : is;
    return {
      read: picture(number),
      file: `${labels[is]}/IMG_${1000 + number}.jpg`,
      label: labels[is] as string,
      called: labels[called] as string,
      probability,
      own: called === is ? probability : (1 - probability) / 4,
      known: number % 17 !== 0,
      score: ((number * 7919) % 1000) / 1000 - 0.72,
    };
  });
  const background = Array.from({ length: 200 }, (_, number) => ((number * 613) % 1000) / 1000 + 0.1);
  const scores = pictures.map(({ score = 0 }) => score);
  return {
    kind: 'train',
    model: 'gnomes@3',
    labels,
    how: `by 5-fold cross-validation over ${count} pictures`,
    pictures,
    baseline: { label: labels[0] as string, accuracy: 1 / labels.length },
    skipped: [{ file: `notes/${HOSTILE}.txt`, reason: 'content that is none of them' }],
    duplicates: [['a/1.jpg', `b/${HOSTILE}.jpg`]],
    learningCurve: [
      { count: 5, accuracy: 0.82, accuracyLow: 0.76, accuracyHigh: 0.87 },
      { count: 10, accuracy: 0.87, accuracyLow: 0.82, accuracyHigh: 0.91 },
      { count: 20, accuracy: 0.92, accuracyLow: 0.88, accuracyHigh: 0.95 },
    ],
    unknown: {
      threshold: 0.25,
      recall: share(scores, 0.25),
      falseAccepts: share(background, 0.25),
      scores,
      backgroundScores: background,
    },
    performance: {
      before: { what: 'the network alone', bytes: 16_200_000, run: { median: 18.2, low: 18, high: 19.1, runs: 50 } },
      after: {
        bytes: 4_200_000,
        run: { median: 6.1, low: 6, high: 6.4, runs: 50 },
        whole: { median: 9.8, low: 9.5, high: 11, runs: 50 },
        peakBytes: 231_000_000,
      },
    },
    provenance: [
      ['Data set', `sha256:${'0123456789abcdef'.repeat(4)}`],
      ['Made of', HOSTILE],
    ],
  };
}

function share(values: readonly number[], threshold: number): number {
  return values.filter((value) => value <= threshold).length / values.length;
}

/** A report's input of a model that answers numbers. */
export function sampleValues(count: number): ValueReport {
  const { performance, provenance } = sampleInput(['a'], 1);
  return {
    kind: 'evaluate',
    model: 'prices@2',
    how: 'on houses.csv',
    target: { name: 'price', unit: 'USD' },
    rows: Array.from({ length: count }, (_, row) => {
      const actual = 120_000 + ((row * 7919) % 400) * 1000;
      return { file: `line ${row + 2}`, actual, answered: actual + (((row * 613) % 41) - 20) * 1500 };
    }),
    constant: { answer: 320_000, meanAbsoluteError: 98_000, rootMeanSquaredError: 115_000, verdict: 'better' },
    skipped: [{ file: 'line 7', reason: `rooms is missing ${HOSTILE}` }],
    ...(performance ? { performance } : {}),
    provenance,
  };
}

/** A data set's page with everything in it. */
export function sampleSheet(labels: readonly string[]): SheetInput {
  const { pictures, skipped, provenance } = sampleInput(labels, 12 * labels.length);
  const all = pictures.map(({ read, file, label }): SheetPicture => ({ ...(read ? { read } : {}), file, label }));
  return {
    name: `pets ${HOSTILE}`,
    labels: labels.map((label) => ({
      label,
      counts: { train: 9, validation: 2, test: 1 },
      pictures: all.filter((picture) => picture.label === label).slice(0, 8),
    })),
    duplicates: [all.slice(0, 2), all.slice(3, 9)],
    odd: all.slice(4, 7),
    skipped,
    provenance,
  };
}

/** Two versions, with everything that their page may have. */
export function sampleComparison(): ComparisonInput {
  const { pictures, skipped, provenance } = sampleInput(['cat', HOSTILE], 40);
  return {
    a: 'pets@1',
    b: `pets ${HOSTILE}@2`,
    figures: [
      ['size', '4.2 MB', '1.1 MB'],
      ['labels of its own', '-', HOSTILE],
    ],
    answers: {
      answered: 400,
      differ: pictures.map(({ file, read, probability }, number) => ({
        file,
        ...(read ? { read } : {}),
        a: { label: 'cat', probability, ...(number % 3 === 0 ? { known: false } : {}) },
        b: { label: HOSTILE, probability: 1 - probability },
      })),
      unreadable: skipped,
    },
    provenance,
  };
}
