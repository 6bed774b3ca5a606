/** What an environment has done with one version of a model, in Triton's words. Milliseconds. */
interface Statistics {
  lastInference: number;
  readonly succeeded: Total;
  readonly failed: Total;
  /** Decoding of pictures. */
  readonly input: Total;
  readonly run: Total;
  rows: number;
  /** Runs by how many rows they had. */
  readonly batches: Map<number, Total>;
}

interface Total {
  count: number;
  ms: number;
}

interface Work {
  readonly model: string;
  readonly version: string;
  readonly rows: number;
  readonly decode?: number;
  readonly run: number;
  readonly failed?: boolean;
}

/** Of this environment alone, since it was started: others count for themselves, and CloudWatch has the sum. */
const counted = new Map<string, Statistics>();

export function countRun({ model, version, rows, decode = 0, run, failed = false }: Work): void {
  const key = JSON.stringify([model, version]);
  const statistics = counted.get(key) ?? nothing();
  counted.set(key, statistics);
  if (failed) {
    add(statistics.failed, decode + run);
    return;
  }
  statistics.lastInference = Date.now();
  statistics.rows += rows;
  add(statistics.succeeded, decode + run);
  add(statistics.input, decode);
  add(statistics.run, run);
  const batch = statistics.batches.get(rows) ?? { count: 0, ms: 0 };
  statistics.batches.set(rows, batch);
  add(batch, run);
}

export function statisticsOf(model: string, version: string): Statistics {
  return counted.get(JSON.stringify([model, version])) ?? nothing();
}

function nothing(): Statistics {
  const total = () => ({ count: 0, ms: 0 });
  return {
    lastInference: 0,
    succeeded: total(),
    failed: total(),
    input: total(),
    run: total(),
    rows: 0,
    batches: new Map(),
  };
}

function add(total: Total, ms: number): void {
  total.count++;
  total.ms += ms;
}
