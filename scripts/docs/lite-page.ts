import { LITE_OPERATORS } from '#convert';

/** The page on TensorFlow Lite's operators, from the registry: `docs/operations-tflite.md`. */
export function litePage(): string {
  const rows = LITE_OPERATORS.flatMap(({ ops, keeps, integers }) =>
    ops.map(
      (op) =>
        [op, keeps ? 'taken as they are stored' : integers ? 'computed as integers' : 'computed as floats'] as const,
    ),
  ).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${[
    '# Operators of TensorFlow Lite that can be imported',
    '',
    'Written by `npm run generate` from the registry of operators; a test fails while this page is not what it writes. Each is',
    'held to answers of ai-edge-litert in float and, where that knows it, in int8 and uint8 (`test/fixtures/tflite`). All else',
    'in a file is refused by name, all at once. [import.md](import.md#tensorflow-lite) says what becomes of a model.',
    '',
    '| operator | numbers of eight bits |',
    '|---|---|',
    ...rows.map(([op, stored]) => `| \`${op}\` | ${stored} |`),
    '',
    'What is computed as floats is rounded to eight bits behind it. With `--precision float32` everything is computed as floats,',
    'and nothing is rounded.',
  ].join('\n')}\n`;
}
