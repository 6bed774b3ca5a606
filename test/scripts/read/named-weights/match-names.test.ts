import { describe, expect, it } from 'vitest';
import { type Found, matchNames, type Wanted } from '../../../../scripts/read/named-weights/match-names.ts';

const want = (owner: string, name: string, shape: readonly number[] = [2]): Wanted => ({
  name: `${owner}/${name}`,
  owner,
  spec: { name, shape, trainable: true, initializer: 'zeros' },
});
const find = (name: string, shape: readonly number[] | undefined = [2]): Found => ({ name, path: `at/${name}`, shape });
const chosen = (wanted: readonly Wanted[], found: readonly Found[]) =>
  matchNames(wanted, found).map((item) => item?.name);

describe('matching weights', () => {
  it('goes by order where names agree', () => {
    const names = ['dense/kernel', 'dense/bias'];
    expect(
      chosen(
        [want('dense', 'kernel'), want('dense', 'bias')],
        names.map((n) => find(n)),
      ),
    ).toEqual(names);
  });

  it('goes by name where the order puts one in the place of another', () => {
    const wanted = [want('m/a', 'kernel'), want('m/b', 'kernel')];
    expect(chosen(wanted, [find('b/kernel'), find('a/kernel')])).toEqual(['a/kernel', 'b/kernel']);
  });

  it('knows names that Keras numbered', () => {
    const wanted = [want('norm', 'beta'), want('norm', 'gamma')];
    const found = [find('norm_1/gamma'), find('norm_1/beta')];
    expect(chosen(wanted, found)).toEqual(['norm_1/beta', 'norm_1/gamma']);
  });

  it('leaves out what a nested model has for outputs that nobody reads', () => {
    const found = [find('a/kernel'), find('unused/kernel'), find('b/kernel')];
    expect(chosen([want('m/a', 'kernel'), want('m/b', 'kernel')], found)).toEqual(['a/kernel', 'b/kernel']);
  });

  it('goes by order where names tell nothing', () => {
    const wanted = [want('rnn', 'cell/kernel', [2, 3]), want('rnn', 'cell/bias', [3])];
    expect(chosen(wanted, [find('w', [2, 3]), find('b', [3])])).toEqual(['w', 'b']);
  });

  it('answers nothing for what is not there', () => {
    expect(chosen([want('a', 'kernel'), want('a', 'bias')], [find('a/kernel')])).toEqual(['a/kernel', undefined]);
  });
});
