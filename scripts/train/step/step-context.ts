import type { WeightTransform } from '#convert';
import type { Shape } from '#keras';
import type { GraphBuilder } from '#onnx';
import type { TrainContext } from '../gradients/rule.ts';
import type { Slot } from './parameters.ts';

/** The weights of a model as pieces of the vectors that a graph is fed. */
export class WeightViews {
  readonly #graph: GraphBuilder;
  readonly #vectors = new Map<string, string>();
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #views = new Map<string, string>();

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /** @param vector a graph input that holds these slots end to end */
  add(vector: string, slots: readonly Slot[]): void {
    const sizes = this.#graph.ints(slots.map((slot) => slot.size));
    const parts = slots.length === 1 ? [vector] : this.#graph.ops('Split', [vector, sizes], slots.length, { axis: 0 });
    for (const [i, slot] of slots.entries()) {
      this.#vectors.set(slot.key, parts[i] as string);
      this.#shapes.set(slot.key, slot.shape);
    }
  }

  /** A weight as it lies in its vector, one axis. */
  vector(key: string): string {
    const name = this.#vectors.get(key);
    if (name === undefined) throw new Error(`no weight ${key} in this model`);
    return name;
  }

  /** A weight in its own shape, its axes moved where asked. */
  view(key: string, transform?: WeightTransform): string {
    const id = JSON.stringify([key, transform]);
    const known = this.#views.get(id);
    if (known) return known;
    const made = transform ? this.#transformed(key, transform) : this.#shaped(key);
    this.#views.set(id, made);
    return made;
  }

  #shaped(key: string): string {
    const vector = this.vector(key);
    const shape = this.#shapes.get(key) as readonly number[];
    return shape.length === 1 ? vector : this.#graph.op('Reshape', [vector, this.#graph.ints(shape)]);
  }

  #transformed(key: string, { perm, dims }: WeightTransform): string {
    const moved = this.#graph.op('Transpose', [this.view(key)], { perm });
    return dims ? this.#graph.op('Reshape', [moved, this.#graph.ints(dims)]) : moved;
  }
}

/** What the layers of one training step share, and a context for each of them. */
export class StepContext {
  /** New values of weights that are not trained, by key. */
  readonly updates = new Map<string, string>();
  readonly randoms: { name: string; shape: Shape }[] = [];
  readonly #graph: GraphBuilder;
  readonly #batchSize: string;
  readonly #views: WeightViews;

  constructor(graph: GraphBuilder, batchSize: string, views: WeightViews) {
    this.#graph = graph;
    this.#batchSize = batchSize;
    this.#views = views;
  }

  /** @param path the layer's path, which its weights' keys begin with */
  forLayer({ path }: { readonly path: string }): TrainContext & { key(weight: string): string } {
    const key = (weight: string) => `${path}/${weight}`;
    return {
      graph: this.#graph,
      batchSize: this.#batchSize,
      layerName: path,
      key,
      weight: (name, transform) => this.#views.view(key(name), transform),
      random: (shape) => {
        const name = this.#graph.input(`random_${this.randoms.length}`, 'float32', shape);
        this.randoms.push({ name, shape });
        return name;
      },
      update: (weight, value) => this.updates.set(key(weight), value),
    };
  }
}
