import { type Engine, type EngineTensor, expected } from '@freezeframe/inference';
import { checkLimit, ImportError } from '#guards';
import { isPlainName, MAX_NAME_LENGTH } from '#keras';

/** Inputs or outputs. */
const MAX_TENSORS = 4096;
/** As many axes as a manifest has room for. */
const MAX_RANK = 8;
/** Numbers of one input or output, free axes apart; outputs are compared one by one. */
const MAX_ELEMENTS = { input: 2 ** 26, output: 2 ** 25 };

/**
 * What a graph takes and answers, before tensors of these sizes are made.
 * @throws ImportError `limit-exceeded`, `file-damaged`, `file-hostile` (names that are no text)
 */
export function checkInterface({ inputs, outputs }: Pick<Engine, 'inputs' | 'outputs'>): void {
  checkAll('input', inputs);
  checkAll('output', outputs);
}

function checkAll(kind: keyof typeof MAX_ELEMENTS, tensors: readonly EngineTensor[]): void {
  if (tensors.length === 0) throw new ImportError('file-damaged', expected(`an ${kind}`, 'the ONNX graph', 'none'));
  if (tensors.length > MAX_TENSORS) throw limit(`at most ${MAX_TENSORS}`, `${kind}s of the ONNX graph`, tensors.length);
  for (const { name, shape } of tensors) {
    if (!isPlainName(name)) {
      const wanted = `at most ${MAX_NAME_LENGTH} plain characters`;
      throw new ImportError('file-hostile', expected(wanted, `the name of an ${kind}`, name));
    }
    const where = `${kind} ${name}`;
    checkLimit(shape.length, MAX_RANK, 'axes', where);
    if (shape.includes(0)) throw new ImportError('file-damaged', expected('sizes of 1 and more', where, shape));
    const elements = shape.reduce<number>((n, size) => n * (size ?? 1), 1);
    if (elements > MAX_ELEMENTS[kind]) throw limit(`at most ${MAX_ELEMENTS[kind]} numbers`, where, shape);
  }
}

function limit(what: string, where: string, received: unknown): ImportError {
  return new ImportError('limit-exceeded', expected(what, where, received));
}
