import { expect, it } from 'vitest';
import { openBytes } from '../../../../scripts/read/source.ts';
import { readLabelEncoder } from '../../../../scripts/read/tables/label-encoder.ts';
import { EXPECTED, fixture } from '../pickle/assemble.ts';

const read = async (name: string) => readLabelEncoder(await openBytes(name, fixture(name)));

it.each(Object.entries(EXPECTED).filter(([, { labels }]) => labels))(
  'reads the classes in their order: %s',
  async (name, { labels }) => {
    expect(await read(name)).toEqual(labels);
  },
);

it.each([
  ['one-hot.drop-first.pkl', 'leaves categories out', '--labels'],
  ['one-hot.two-columns.pkl', 'one column', 'target'],
  ['standard.pkl', 'StandardScaler', '--scaler'],
])('refuses %s', async (name, words, remedy) => {
  const error = await read(name).catch((e) => e);
  expect(error).toMatchObject({ name: 'ImportError', code: 'option-mismatch' });
  expect(error.message).toContain(words);
  expect(error.remedy).toContain(remedy);
});
