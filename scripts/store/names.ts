import { expected, FreezeframeError } from '@freezeframe/inference';

/** A name is a folder's name in the store, in a layer and in a URL: what every file system and every URL takes as it is. */
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/;
/** Windows opens a device for these, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;
/** The model layer's index stands beside the models' folders. */
const TAKEN = new Set(['index.json']);
/** What a reference takes for a digest; see reference.ts. */
const DIGEST_LIKE = /^[0-9a-f]{7,64}$/;

const RULE = '1 to 64 lower-case letters, digits, "-", "_" or ".", beginning with a letter or digit';

function isName(word: string): boolean {
  return NAME.test(word) && !word.includes('..') && !DEVICE.test(word) && !TAKEN.has(word);
}

/** Answers a model's name as it is, or throws `name-not-valid`. */
export function checkName(name: string): string {
  if (typeof name === 'string' && isName(name)) return name;
  throw new FreezeframeError('name-not-valid', expected(RULE, 'the name of a model', name), {
    remedy: suggestion(name),
    details: { name: String(name).slice(0, 80) },
  });
}

/** Answers a tag as it is, or throws `tag-not-valid`: numbers, digests and `latest` mean something else already. */
export function checkTag(tag: string): string {
  if (tag === 'latest') {
    throw new FreezeframeError('tag-not-valid', 'The tag "latest" moves by itself, to the newest version', {
      remedy: 'Use another tag, such as production or staging.',
      details: { tag },
    });
  }
  if (typeof tag === 'string' && isName(tag) && !/^[0-9]+$/.test(tag) && !DIGEST_LIKE.test(tag)) return tag;
  throw new FreezeframeError('tag-not-valid', expected(`${RULE}, and neither a number nor a digest`, 'a tag', tag), {
    remedy: 'Use a word such as production or staging.',
    details: { tag: String(tag).slice(0, 80) },
  });
}

function suggestion(name: unknown): string {
  const tamed = String(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replaceAll(/^-+|-+$/g, '');
  return isName(tamed) ? `Call it ${tamed}, for example.` : 'Call it garden-gnomes, for example.';
}
