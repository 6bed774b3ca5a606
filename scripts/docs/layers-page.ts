import { ACTIVATIONS, type Activation, KERAS3_ACTIVATIONS, LAYERS, OPERATORS } from '#convert';
import { GRADIENT_RULES } from '#train/gradients';

/** The page on what can be frozen, from the registries: `docs/layers.md`. */
export function layersPage(): string {
  const rows = LAYERS.map((layer) => {
    const trained = Object.hasOwn(GRADIENT_RULES, layer.className) ? 'yes' : '';
    const masks = layer.mask === undefined ? '' : layer.mask === 'keep' ? 'kept' : 'known';
    return `| \`${layer.className}\` | ${layer.summary?.replaceAll('|', '\\|') ?? ''} | ${trained} | ${masks} |`;
  });
  const activations: readonly Activation[] = [...ACTIVATIONS, ...KERAS3_ACTIVATIONS];
  return `${[
    '# Layers, activations and operators that can be frozen',
    '',
    'Written by `npm run generate` from the registries; a test fails while this page is not what it writes.',
    'Everything else is refused at once, all of it by layer, class and position. `Lambda` layers, custom layers and',
    'subclassed models cannot be known from a file: their Python code is not in it.',
    '',
    `## Layers (${LAYERS.length})`,
    '',
    'Trained: there is a gradient rule for `freezeframe train`. Masks (`Embedding(mask_zero=True)`, `Masking`): *kept* is',
    'handed on, *known* is used or made; where nothing is said a mask ends, as it does in Keras.',
    '',
    '| layer | what it does | trained | masks |',
    '|---|---|---|---|',
    ...rows,
    '',
    'Models inside models, shared layers, several inputs and outputs, and models inside `TimeDistributed` are no layers of',
    'their own: they are flattened. Cells of `RNN`: `SimpleRNNCell`, `LSTMCell`, `GRUCell`, and several of them stacked.',
    '',
    '## Activations',
    '',
    `${list(activations.flatMap(({ name, aliases = [] }) => [name, ...aliases]))}. \`hard_sigmoid\` of Keras 2's files`,
    'is another function than that of Keras 3, and is read as such.',
    '',
    '## Operators',
    '',
    'Functions that a functional model calls on tensors without a layer.',
    '',
    `Of Keras 3 (\`keras.ops\`), by their classes; [operations-keras.md](operations-keras.md) has a row for every function:`,
    `${list(OPERATORS.flatMap(({ keras }) => [...keras]).sort())}.`,
    '',
    `Of Keras 2 (\`TFOpLambda\`): ${list(OPERATORS.flatMap(({ tensorflow }) => [...tensorflow]).sort())}.`,
  ].join('\n')}\n`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
