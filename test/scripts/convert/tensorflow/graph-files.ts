/** Builds the files of a small graph model by hand. */

type AttributeJson = Record<string, unknown>;

export interface NodeJson {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, AttributeJson>;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

export const attr = {
  /** Whole numbers are text in protobuf's JSON. */
  ints: (...list: number[]) => ({ list: { i: list.map(String) } }),
  int: (value: number) => ({ i: String(value) }),
  float: (value: number) => ({ f: value }),
  flag: (value: boolean) => ({ b: value }),
  text: (value: string) => ({ s: base64(value) }),
  texts: (...list: string[]) => ({ list: { s: list.map(base64) } }),
  type: (value: string) => ({ type: value }),
  shape: (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } }),
};

/** A graph under construction: `x` is the input. */
export class GraphFiles {
  readonly nodes: NodeJson[] = [];
  readonly #weights: { name: string; shape: readonly number[]; dtype: string }[] = [];
  readonly #bytes: Uint8Array[] = [];
  #seed = 1;

  input(name: string, shape: number[], dtype = 'DT_FLOAT'): string {
    this.nodes.push({ name, op: 'Placeholder', attr: { dtype: attr.type(dtype), shape: attr.shape(...shape) } });
    return name;
  }

  floats(shape: number[], values?: number[]): string {
    const count = shape.reduce((n, axis) => n * axis, 1);
    return this.#constant(
      shape,
      'float32',
      Float32Array.from(values ?? Array.from({ length: count }, () => this.#next())),
    );
  }

  ints(...values: number[]): string {
    return this.#constant([values.length], 'int32', Int32Array.from(values));
  }

  /** Two numbers for each side. */
  pairs(...values: number[]): string {
    return this.#constant([values.length / 2, 2], 'int32', Int32Array.from(values));
  }

  int(value: number): string {
    return this.#constant([], 'int32', Int32Array.of(value));
  }

  op(op: string, input: string[], attributes: Record<string, AttributeJson> = {}): string {
    const name = `${op}_${this.nodes.length}`;
    this.nodes.push({ name, op, input, attr: attributes });
    return name;
  }

  /** @param outputs by the signature's names */
  files(outputs?: Record<string, string>): Record<string, string | Uint8Array> {
    const signature = outputs && {
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([key, name]) => [key, { name: name.includes(':') ? name : `${name}:0` }]),
      ),
    };
    return {
      'model.json': JSON.stringify({
        format: 'graph-model',
        generatedBy: '2.15.0',
        modelTopology: { node: this.nodes, versions: { producer: 1645 } },
        ...(signature ? { signature } : {}),
        weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: this.#weights }],
      }),
      'group1-shard1of1.bin': Buffer.concat(this.#bytes),
    };
  }

  #constant(shape: number[], dtype: string, data: Float32Array | Int32Array): string {
    const name = `const_${this.#weights.length}`;
    this.nodes.push({ name, op: 'Const', attr: { dtype: attr.type(dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT') } });
    this.#weights.push({ name, shape, dtype });
    this.#bytes.push(new Uint8Array(data.buffer));
    return name;
  }

  /** Numbers in -0.5..0.5 that repeat no pattern. */
  #next(): number {
    this.#seed = (this.#seed * 48271) % 0x7fffffff;
    return this.#seed / 0x7fffffff - 0.5;
  }
}
