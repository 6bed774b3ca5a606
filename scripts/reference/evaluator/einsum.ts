import {
  broadcastShape,
  broadcastTo,
  type Doubles,
  gather,
  reshape,
  sizeOf,
  stridesOf,
  sumOf,
  transpose,
  wrong,
} from './doubles.ts';
import { product } from './matrix.ts';

/** Batches of matrices [..., rows, inner] x [..., inner, columns]; vectors count as one row or column. */
export function matmul(a: Doubles, b: Doubles): Doubles {
  if (a.shape.length === 1) return dropAxis(matmul(reshape(a, [1, ...a.shape]), b), -2);
  if (b.shape.length === 1) return dropAxis(matmul(a, reshape(b, [...b.shape, 1])), -1);
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const [other, columns] = b.shape.slice(-2) as [number, number];
  if (inner !== other) throw wrong(`${inner} rows`, 'the right-hand matrix', other);
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [x, y] = [broadcastTo(a, [...batch, rows, inner]).data, broadcastTo(b, [...batch, inner, columns]).data];
  const count = sizeOf(batch);
  const data = new Float64Array(count * rows * columns);
  for (let i = 0; i < count; i++) {
    const left = x.subarray(i * rows * inner, (i + 1) * rows * inner);
    const right = y.subarray(i * inner * columns, (i + 1) * inner * columns);
    product(left, right, data, { rows, inner, columns, offset: i * rows * columns });
  }
  return { shape: [...batch, rows, columns], data };
}

function dropAxis(x: Doubles, axis: number): Doubles {
  const at = axis + x.shape.length;
  return reshape(x, [...x.shape.slice(0, at), ...x.shape.slice(at + 1)]);
}

/** Einstein's sum over one or two operands; `...` stands for the axes that are not named. */
export function einsum(equation: string, operands: readonly Doubles[]): Doubles {
  const [left = '', given] = equation.replaceAll(' ', '').split('->');
  const terms = left
    .split(',')
    .map((term, i) => spelled(term, (operands[i] as Doubles | undefined)?.shape.length ?? 0));
  if (terms.length !== operands.length) throw wrong(`${terms.length} operands`, equation, operands.length);
  const all = terms.join('');
  const once = [...new Set(all)].filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter));
  const free = once.toSorted().join('');
  const result =
    given === undefined
      ? free
      : spelled(given, given.includes('...') ? widest(left, operands) : given.length, widest(left, operands));
  const parts = terms.map((term, i) => diagonal(term, operands[i] as Doubles));
  const [first, ...rest] = parts as [Term, ...Term[]];
  let joined = first;
  for (const [i, next] of rest.entries()) {
    const later =
      rest
        .slice(i + 1)
        .map(({ letters }) => letters)
        .join('') + result;
    joined = contract(joined, next, later);
  }
  const summed = sumOut(joined, result);
  return transpose(
    summed.value,
    [...result].map((letter) => summed.letters.indexOf(letter)),
  );
}

interface Term {
  readonly letters: string;
  readonly value: Doubles;
}

/** Letters that no equation of Keras uses. */
const ELLIPSIS = 'αβγδεζηθ';

function widest(left: string, operands: readonly Doubles[]): number {
  return Math.max(
    0,
    ...left.split(',').map((term, i) => (operands[i]?.shape.length ?? 0) - term.replace('...', '').length),
  );
}

/** The term with letters for `...`, the last axes first so that operands of different ranks line up. */
function spelled(term: string, rank: number, count = rank - term.replace('...', '').length): string {
  return term.replace('...', [...ELLIPSIS.slice(0, Math.max(0, count))].toReversed().join(''));
}

/** A letter twice in one term: the diagonal. */
function diagonal(letters: string, value: Doubles): Term {
  if (letters.length !== value.shape.length) throw wrong(`rank ${letters.length}`, `operand ${letters}`, value.shape);
  const unique = [...new Set(letters)];
  if (unique.length === letters.length) return { letters, value };
  const strides = stridesOf(value.shape);
  const steps = unique.map((u) =>
    [...letters].reduce((sum, l, i) => (l === u ? sum + (strides[i] as number) : sum), 0),
  );
  return {
    letters: unique.join(''),
    value: gather(
      value,
      unique.map((u) => value.shape[letters.indexOf(u)] as number),
      steps,
    ),
  };
}

function sumOut({ letters, value }: Term, kept: string): Term {
  const stay = [...letters].filter((letter) => kept.includes(letter));
  const gone = [...letters].filter((letter) => !kept.includes(letter));
  const moved = transpose(
    value,
    [...stay, ...gone].map((letter) => letters.indexOf(letter)),
  );
  const shape = stay.map((letter) => value.shape[letters.indexOf(letter)] as number);
  const length = value.data.length / Math.max(1, sizeOf(shape));
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = sumOf(moved.data.subarray(i * length, (i + 1) * length));
  return { letters: stay.join(''), value: { shape, data } };
}

/** Two terms into one: [both, left, summed] x [both, summed, right]. */
function contract(a: Term, b: Term, later: string): Term {
  const left = sumOut(a, b.letters + later);
  const right = sumOut(b, a.letters + later);
  const sizes = new Map<string, number>();
  for (const { letters, value } of [left, right]) {
    for (const [i, letter] of [...letters].entries()) {
      sizes.set(letter, Math.max(sizes.get(letter) ?? 1, value.shape[i] as number));
    }
  }
  const shared = [...left.letters].filter((letter) => right.letters.includes(letter));
  const both = shared.filter((letter) => later.includes(letter));
  const summed = shared.filter((letter) => !later.includes(letter));
  const rows = [...left.letters].filter((letter) => !shared.includes(letter));
  const columns = [...right.letters].filter((letter) => !shared.includes(letter));
  const size = (letters: readonly string[]) => letters.reduce((n, letter) => n * (sizes.get(letter) as number), 1);
  const arranged = (term: Term, order: readonly string[]) => {
    const moved = transpose(
      term.value,
      order.map((letter) => term.letters.indexOf(letter)),
    );
    return broadcastTo(
      moved,
      order.map((letter) => sizes.get(letter) as number),
    );
  };
  const x = reshape(arranged(left, [...both, ...rows, ...summed]), [size(both), size(rows), size(summed)]);
  const y = reshape(arranged(right, [...both, ...summed, ...columns]), [size(both), size(summed), size(columns)]);
  const letters = [...both, ...rows, ...columns];
  const shape = letters.map((letter) => sizes.get(letter) as number);
  return { letters: letters.join(''), value: reshape(matmul(x, y), shape) };
}
