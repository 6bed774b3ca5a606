import type { FloatGraph } from '../graph/float-graph.ts';
import type { QuantizeSubject } from '../subject.ts';
import { type Ranges, rewrite } from '../write/rewrite.ts';
import { type Answer, distance } from './answers.ts';
import { answersTo } from './int8-pass.ts';

/** Enough to tell layers apart. */
const PICTURES = 8;

/**
 * Layers by how much they alone change the answers when they are stored, the worst first.
 * @param pictures that ranges were taken from
 */
export async function leastExact(
  graph: FloatGraph,
  ranges: Ranges,
  pictures: readonly number[],
  answers: ReadonlyMap<number, Answer>,
  subject: QuantizeSubject,
): Promise<string[]> {
  const some = pictures.slice(0, PICTURES);
  const wanted = some.map((picture) => answers.get(picture) as Answer);
  const all = graph.units;
  const found: { name: string; off: number }[] = [];
  for (const name of all) {
    const others = new Set([...graph.left, ...all.filter((one) => one !== name)]);
    const { onnx } = rewrite(graph.model, ranges, others);
    found.push({ name, off: distance(wanted, await answersTo(onnx, some, subject)) });
    subject.onProgress?.('Finding layers that round most', found.length, all.length);
  }
  return found.sort((a, b) => b.off - a.off || all.indexOf(a.name) - all.indexOf(b.name)).map(({ name }) => name);
}
