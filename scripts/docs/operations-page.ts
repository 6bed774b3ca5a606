import { OPERATORS, REFUSED_OPERATORS } from '#convert';
import names from './keras-ops/names.json' with { type: 'json' };

const KNOWN: ReadonlySet<string> = new Set(OPERATORS.flatMap(({ keras }) => keras));

/** What becomes of each function of `keras.ops`: undefined where nobody has said it. */
export function operationsOfKeras(): readonly (readonly [
  name: string,
  classes: readonly string[],
  fate: string | undefined,
])[] {
  return Object.entries(names as Readonly<Record<string, readonly string[]>>).map(([name, classes]) => {
    if (classes.length === 0) return [name, classes, 'a constant: it answers while the model is built'];
    if (classes.every((one) => KNOWN.has(one))) return [name, classes, 'yes'];
    const reasons = classes.map((one) => REFUSED_OPERATORS.get(one));
    return [name, classes, reasons[0] === undefined ? undefined : `no: ${reasons[0]}`];
  });
}

/** The page on the functions of `keras.ops`, from the registries: `docs/operations-keras.md`. */
export function operationsPage(): string {
  const rows = operationsOfKeras();
  const frozen = rows.filter(([, , fate]) => fate === 'yes').length;
  const refused = rows.filter(([, , fate]) => fate?.startsWith('no: ')).length;
  return `${[
    '# Functions of `keras.ops` that can be frozen',
    '',
    'Written by `npm run generate` from the registry of operators and from the names in `scripts/docs/keras-ops/`; a test',
    'fails while this page is not what it writes. The names are those of Keras 3.15. A functional model writes each function',
    'that it calls on a tensor as an operation; what is refused is refused by its name, with the reason.',
    '',
    `${frozen} can be frozen, ${refused} are refused; the rest answers while the model is built, so that the file has a constant.`,
    'An option that is not known is refused too. Each that can be frozen is held to answers of Keras itself',
    '(`test/fixtures/keras-graphs`).',
    '',
    '| function | operation | frozen |',
    '|---|---|---|',
    ...rows.map(
      ([name, classes, fate]) => `| \`${name}\` | ${classes.map((one) => `\`${one}\``).join(', ')} | ${fate ?? ''} |`,
    ),
    '',
    '## Functions of TensorFlow and of Keras 2',
    '',
    'Keras 2 writes them as `TFOpLambda` and `SlicingOpLambda`, by the names that `docs/layers.md` lists. `tf.einsum` loses its',
    'tensors on the way: Keras 2 does not write them and cannot load its own file. They are known where the model has one',
    'input that they can be; elsewhere the layer is refused.',
  ].join('\n')}\n`;
}
