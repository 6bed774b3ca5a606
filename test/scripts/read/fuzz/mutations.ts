/** A file, or the files of a folder or zip. */
export type Files = Readonly<Record<string, Uint8Array>>;
export type Random = () => number;

/** Counts, sizes and offsets that readers trust, little and big endian alike. */
const NUMBERS = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 40n,
  2n ** 63n,
];

/** What a hostile hand writes where something else stood. */
const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, '', '..', '../x', '/etc/passwd', '__proto__', 'constructor'],
  ...['a\u0000b', '\u001b[2J', '\u202e', 'x'.repeat(2000), 'same', 'Dense', 'Sequential', 'LSTM', 'softmax', '1e9'],
  ...[
    [],
    {},
    [[]],
    [0, 1],
    [null, 4],
    [null, null, null, 1e6],
    [-1, 0],
    { config: {} },
    { name: 'a' },
    { class_name: 'Dense' },
  ],
];

const BYTES: readonly ((bytes: Uint8Array, other: Uint8Array, random: Random) => Uint8Array)[] = [
  function flip(bytes, _, random) {
    const changed = Uint8Array.from(bytes);
    const at = below(bytes.length, random);
    changed[at] = (changed[at] as number) ^ (1 << below(8, random));
    return changed;
  },
  function number(bytes, _, random) {
    const width = [1, 2, 4, 8][below(4, random)] as number;
    const changed = Uint8Array.from(bytes);
    const value = NUMBERS[below(NUMBERS.length, random)] as bigint;
    const [at, big] = [below(bytes.length, random), random() < 0.3];
    for (let i = 0; i < width && at + i < changed.length; i++) {
      changed[at + i] = Number((value >> BigInt(8 * (big ? width - 1 - i : i))) & 0xffn);
    }
    return changed;
  },
  function zeros(bytes, _, random) {
    const at = below(bytes.length, random);
    return Uint8Array.from(bytes).fill(0, at, at + below(256, random));
  },
  function cut(bytes, _, random) {
    const at = below(bytes.length, random);
    return joined(bytes.subarray(0, at), bytes.subarray(at + below(128, random)));
  },
  function end(bytes, _, random) {
    return bytes.slice(0, below(bytes.length, random));
  },
  function double(bytes, _, random) {
    const at = below(bytes.length, random);
    return joined(bytes.subarray(0, at), bytes.subarray(at, at + below(512, random)), bytes.subarray(at));
  },
  function splice(bytes, other, random) {
    const [at, from] = [below(bytes.length, random), below(other.length, random)];
    const length = below(512, random);
    return joined(bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at + length));
  },
];

/** Some files with one to four things wrong in one of them; JSON is changed as text or value by value. */
export function mutate(files: Files, others: Files, random: Random): Files {
  const names = Object.keys(files);
  const name = names[below(names.length, random)] as string;
  const foreign = Object.values(others);
  let bytes = files[name] as Uint8Array;
  const steps = 1 + below(4, random);
  const byValue = name.endsWith('.json') && random() < 0.7;
  for (let step = 0; step < steps && bytes.length > 0; step++) {
    const other = foreign[below(foreign.length, random)] as Uint8Array;
    const change = BYTES[below(BYTES.length, random)] as (typeof BYTES)[number];
    bytes = byValue ? mutateJson(bytes, random) : change(bytes, other, random);
  }
  return { ...files, [name]: bytes };
}

/** One value replaced, removed, or put in the place of another. */
function mutateJson(bytes: Uint8Array, random: Random): Uint8Array {
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const places: [Record<string, unknown>, string][] = [];
  collect(json, places);
  const [place, other] = [places[below(places.length, random)], places[below(places.length, random)]];
  if (!place || !other) return bytes;
  const [holder, key] = place;
  const way = random();
  if (way < 0.15) delete holder[key];
  else if (way < 0.35) holder[key] = structuredClone(other[0][other[1]]);
  else holder[key] = structuredClone(VALUES[below(VALUES.length, random)]);
  return new TextEncoder().encode(JSON.stringify(json));
}

function collect(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (value === null || typeof value !== 'object') return;
  for (const key of Object.keys(value)) {
    places.push([value as Record<string, unknown>, key]);
    collect((value as Record<string, unknown>)[key], places);
  }
}

function below(count: number, random: Random): number {
  return Math.floor(random() * count);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
