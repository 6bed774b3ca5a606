import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What the reference may take from elsewhere: plain data, and nothing that decides how a config or a graph is understood. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  '@freezeframe/inference': ['createEngine', 'expected', 'FreezeframeError', 'TensorData'],
  '#frozen': ['firstChoice', 'FreezeOptions', 'FreezeOutput', 'GRAPH_NAMES', 'rangeOf', 'runInBatches', 'Samples'],
  '#keras': ['groupNames', 'KerasModel', 'LayerConfig', 'Tensor', 'Writer'],
  // The file that is checked, as its schema says.
  '#onnx': ['GraphProto', 'NodeProto', 'TensorProto', 'TensorProto_DataType'],
  '#tensorflow': [
    ...['Attributes', 'datatypeOf', 'flagOf', 'numberOf', 'numbers', 'textOf'],
    ...['Edge', 'GraphModel', 'isInput'],
    // TensorFlow Lite's tables as they are in the file, and stored bytes as numbers.
    ...['ACTIVATIONS', 'LiteModel', 'liteNumbers', 'LiteOperator', 'LiteOptions', 'LiteQuantization', 'LiteTensor'],
  ],
};

const IMPORT = /import (?:type )?(?:\{([^}]*)\}|[^'{]*) ?(?:from )?'([^']+)'/g;

/** Every import of a source that the list does not allow: `name from '#room'`. */
function forbidden(source: string): string[] {
  return [...source.matchAll(IMPORT)]
    .filter(([, , from = '']) => !from.startsWith('.'))
    .flatMap(([, names, from = '']) => {
      const taken = (names ?? '*').split(',').map((name) => name.replace('type ', '').trim());
      const unknown = taken.filter((name) => name !== '' && !ALLOWED[from]?.includes(name));
      return unknown.map((name) => `${name} from '${from}'`);
    });
}

const folder = join(import.meta.dirname, '../../../scripts/reference');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

describe('the border of the reference', () => {
  it.each(files)('%s takes plain data from other rooms and nothing of the converter', (file) => {
    expect(forbidden(readFileSync(join(folder, file), 'utf8'))).toEqual([]);
  });

  it('refuses what reads configs for the converter, the converter itself, and other packages', () => {
    expect(forbidden("import { type KerasModel, readTopology } from '#keras';")).toEqual([
      "readTopology from '#keras'",
    ]);
    expect(forbidden("import { planFreeze } from '#convert';")).toEqual(["planFreeze from '#convert'"]);
    expect(forbidden("import * as core from '@tensorflow/tfjs-core';")).toEqual(["* from '@tensorflow/tfjs-core'"]);
    expect(forbidden("import '@tensorflow/tfjs-backend-cpu';")).toHaveLength(1);
  });
});
