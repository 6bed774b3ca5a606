import type { Stored } from '../../aws/fake-aws.ts';
import { garbagePictures, plainPicture } from '../../functions/pictures.ts';

export const BUCKET = 'uploads';

/** One object, and what has to become of it. */
export interface Upload {
  readonly key: string;
  readonly content: Stored;
  /** Of each time that it was put, the oldest first. */
  readonly sequencers: readonly string[];
  readonly expect: { label: string } | { code: RegExp };
}

/** The labels of the model. */
const COLOUR_NAMES = ['red', 'green', 'blue'] as const;

/** Names that something on the way may trip over. */
const ODD = [
  'a+b',
  'a b',
  '100%',
  '%2B',
  'grüße/庭',
  '🪆 gnome',
  'it\'s "q"',
  'a//b',
  '?x=1&y=2',
  '#1',
  '<&>',
  'é',
  'tab\there',
];

/**
 * `count` objects: good pictures, 2 % garbage, some that are denied, gone or too large; one in ten has an odd key, one in
 * twenty was put twice.
 */
export async function makeUploads(count: number, random: () => number): Promise<Upload[]> {
  const good = await Promise.all(COLOUR_NAMES.map((colour) => plainPicture(colour)));
  const garbage = Object.values(await garbagePictures());
  return Array.from({ length: count }, (_, i): Upload => {
    const odd = i % 10 === 0 ? `${ODD[(i / 10) % ODD.length]}/` : '';
    const key = `${odd}${i}.png`;
    const sequencers = i % 20 === 3 ? putTwice(random) : [hex(random, 16)];
    if (i % 50 === 7) {
      const content = garbage[Math.floor(i / 50) % garbage.length] as Buffer;
      return { key, content, sequencers, expect: { code: /^picture-/ } };
    }
    const bad = BAD[i % 100];
    if (bad) return { key, sequencers, ...bad };
    const which = Math.floor(random() * good.length);
    return { key, content: good[which] as Buffer, sequencers, expect: { label: COLOUR_NAMES[which] as string } };
  });
}

const BAD: Readonly<Record<number, Pick<Upload, 'content' | 'expect'>>> = {
  11: { content: { status: 403, code: 'AccessDenied' }, expect: { code: /^object-denied$/ } },
  21: { content: { status: 404, code: 'NoSuchKey' }, expect: { code: /^object-absent$/ } },
  31: { content: { length: 64 * 1024 * 1024 }, expect: { code: /^object-too-large$/ } },
};

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16))
    .join('')
    .toUpperCase();
}

/** Of different lengths: the longer one is the later, or the shorter one is. */
function putTwice(random: () => number): string[] {
  const start = hex(random, 12);
  return random() < 0.5 ? [`${start}3FFF`, `${start}41`] : [`${start}12`, `${start}1234`];
}
