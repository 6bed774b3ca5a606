import { readdirSync, readFileSync } from 'node:fs';
import type { LayerDefinition } from '#convert';
import { ACTIVATIONS, KERAS3_ACTIVATIONS, LAYERS, OPERATORS } from '#convert';
import { GRADIENT_RULES } from '#train';

const FOLDER = new URL('../convert/keras/layers/', import.meta.url);

/** The page on what can be frozen, from the registries: `docs/layers.md`. */
export async function layersPage(): Promise<string> {
  const purposes = await purposesOfLayers();
  const rows = LAYERS.map((layer: LayerDefinition) => {
    const trained = Object.hasOwn(GRADIENT_RULES, layer.className) ? 'yes' : '';
    const masks = layer.mask === undefined ? '' : layer.mask === 'keep' ? 'kept' : 'known';
    return `| \`${layer.className}\` | ${purposes.get(layer) ?? ''} | ${trained} | ${masks} |`;
  });
  return `${[
    '# Layers, activations and operators that can be frozen',
    '',
    'Written by `npx tsx scripts/docs/layers.ts` from the registries; a test fails while this page is not what it writes.',
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
    `${list([...ACTIVATIONS, ...KERAS3_ACTIVATIONS].flatMap(({ names }) => [...names]))}. \`hard_sigmoid\` of Keras 2's files`,
    'is another function than that of Keras 3, and is read as such.',
    '',
    '## Operators',
    '',
    'Functions that a functional model calls on tensors without a layer.',
    '',
    `Of Keras 3 (\`keras.ops\`): ${list(OPERATORS.flatMap(({ keras }) => [...keras]).sort())}.`,
    '',
    `Of Keras 2 (\`TFOpLambda\`): ${list(OPERATORS.flatMap(({ tensorflow }) => [...tensorflow]).sort())}.`,
  ].join('\n')}\n`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** What the comment above each definition says, in one line. */
async function purposesOfLayers(): Promise<Map<unknown, string>> {
  const purposes = new Map<unknown, string>();
  for (const file of readdirSync(FOLDER)) {
    const source = readFileSync(new URL(file, FOLDER), 'utf8');
    const exported = (await import(new URL(file, FOLDER).href)) as Record<string, unknown>;
    for (const [, comment = '', name = ''] of source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+)/g)) {
      purposes.set(exported[name], oneLine(comment));
    }
  }
  return purposes;
}

function oneLine(comment: string): string {
  const text = comment.replace(/\n\s*\*/g, ' ').replace(/\s+/g, ' ');
  return text.trim().replaceAll('|', '\\|');
}
