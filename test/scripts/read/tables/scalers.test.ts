import { describe, expect, it } from 'vitest';
import { openBytes } from '../../../../scripts/read/source.ts';
import { readScaler, scaledOf } from '../../../../scripts/read/tables/scalers.ts';
import { EXPECTED, fixture } from '../pickle/assemble.ts';

const read = async (name: string) => readScaler(await openBytes(name, fixture(name)));
const cases = Object.entries(EXPECTED).filter(([, { scaled }]) => scaled);

it('has cases of every kind, protocol and compression', () => {
  expect(cases.length).toBeGreaterThan(18);
  expect(new Set(cases.map(([, { kind }]) => kind)).size).toBe(4);
});

it.each(cases)('scales as scikit-learn does: %s', async (name, { rows, scaled, back, kind }) => {
  const scaler = await read(name);
  expect(`${scaler.kind}scaler`).toBe(kind.toLowerCase());
  expect(scaler.columns).toHaveLength(rows[0]?.length as number);
  rows.forEach((row, r) => {
    scaler.columns.forEach((column, c) => {
      const [least, most] = column.clip ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      const value = Math.min(Math.max((row[c] as number) * column.scale + column.offset, least), most);
      const wanted = scaled[r]?.[c] as number;
      const tolerance = 1e-12 * Math.max(1, Math.abs(wanted), Math.abs(column.offset));
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(tolerance);
      const { min, max } = scaledOf(column, 'x');
      const original = back[r]?.[c] as number;
      expect(Math.abs(value * (max - min) + min - original)).toBeLessThanOrEqual(
        1e-11 * Math.max(1, Math.abs(original), Math.abs(min)),
      );
    });
  });
});

it.each(['standard.named.pkl', 'standard.named.joblib', 'standard.named.zlib.joblib', 'standard.named.gzip.joblib'])(
  'keeps the names of columns: %s',
  async (name) => {
    const { columns } = await read(name);
    expect(columns.map((column) => column.name)).toEqual(['rooms', 'area', 'année']);
    expect(scaledOf({ scale: 0.5, offset: -1, clip: [0, 1] }, 'x1', 'm²')).toEqual({
      name: 'x1',
      unit: 'm²',
      min: 2,
      max: 4,
      clip: [0, 1],
    });
  },
);

describe('refuses', () => {
  it.each([
    ['pipeline.pkl', 'pickle-refused', 'sklearn.pipeline.Pipeline', 'named_steps'],
    ['column-transformer.pkl', 'pickle-refused', 'ColumnTransformer', 'Pipelines are not read'],
    ['one-hot.pkl', 'option-mismatch', 'OneHotEncoder', '--label-encoder'],
    ['labels.pkl', 'option-mismatch', 'LabelEncoder', '--label-encoder'],
    ['unfitted.pkl', 'option-mismatch', 'scale_', 'Fit it'],
    ['class-indices.pkl', 'option-mismatch', 'a dict', 'alone'],
    ['standard.named.xz.joblib', 'format-unknown', 'xz', 'zlib'],
    ['make.py', 'format-unknown', 'no Python pickle', 'pickle.dump'],
  ])('%s as %s', async (name, code, words, remedy) => {
    const error = await read(name).catch((e) => e);
    expect(error).toMatchObject({ name: 'ImportError', code });
    expect(error.message).toContain(words);
    expect(error.remedy).toContain(remedy);
  });
});
