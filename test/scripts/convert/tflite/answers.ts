import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';

/** One small model, and what ai-edge-litert answered. */
export interface LiteAnswer {
  /** `conv-relu6.int8`. */
  readonly name: string;
  readonly form: string;
  readonly model: Uint8Array;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  /** Where it is another without its XNNPACK kernels. */
  readonly withoutXnnpack?: Tensors;
}

export type Tensors = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;

const FOLDER = join(import.meta.dirname, '../../../fixtures/tflite');

/** All of test/fixtures/tflite. */
export function liteAnswers(): LiteAnswer[] {
  const models = unzipSync(new Uint8Array(readFileSync(join(FOLDER, 'models.zip'))));
  const answers = JSON.parse(readFileSync(join(FOLDER, 'answers.json'), 'utf8')) as Record<
    string,
    Pick<LiteAnswer, 'inputs' | 'outputs' | 'withoutXnnpack'>
  >;
  return Object.entries(answers).map(([name, answer]) => ({
    name,
    form: name.slice(name.lastIndexOf('.') + 1),
    model: models[`${name}.tflite`] as Uint8Array,
    ...answer,
  }));
}

/** One of them by its name, also of those that have no answers: `described.float`. */
export function liteModel(name: string): Uint8Array {
  const entry = `${name}.tflite`;
  const found = unzipSync(new Uint8Array(readFileSync(join(FOLDER, 'models.zip'))), {
    filter: (file) => file.name === entry,
  });
  if (!found[entry]) throw new Error(`no model ${name}`);
  return found[entry];
}
