import { AsyncLocalStorage } from 'node:async_hooks';

/** What may become of a call to a service: it is done and answered, or the answer is lost, before or after it was done. */
export type Outcome = 'done' | 'lost-before' | 'lost-after';

interface Pending {
  readonly changes: boolean;
  readonly outcomes: readonly Outcome[];
  readonly perform: (outcome: Outcome) => void;
}

interface Delivery {
  readonly name: string;
  readonly deadline: number;
  pending: Pending | undefined;
  over: boolean;
}

/** One thing that may happen next. */
interface Move {
  readonly name: string;
  readonly make: () => unknown;
}

export interface World {
  /** Milliseconds. */
  readonly now: number;
  /** A receipt that is on its way. It arrives when the explorer likes, and at the latest at its time. */
  sendReceipt(latest: number, arrive: () => void): void;
}

export interface Scenario {
  /** An invocation lasts so long at most. */
  readonly timeout: number;
  /** What a delivery does. Its calls go through {@link step}. */
  deliver(world: World): Promise<void>;
  /** When the answer of a comparison with the clock changes, besides deadlines and receipts. */
  times(): number[];
}

const current = new AsyncLocalStorage<Delivery>();

/**
 * A call to a service by the delivery that makes it; the explorer decides when it is done, and what becomes of it.
 * @param changes whether it changes anything.
 */
export function step<T>(
  perform: () => T,
  { changes = true, outcomes = ['done'] }: { changes?: boolean; outcomes?: readonly Outcome[] } = {},
): Promise<T> {
  const delivery = current.getStore();
  // Of nobody who is explored: done at once.
  if (!delivery) return Promise.resolve(perform());
  return new Promise((resolve, reject) => {
    delivery.pending = {
      changes,
      outcomes,
      perform: (outcome) => {
        delivery.pending = undefined;
        if (outcome === 'lost-before') return reject(new Error('socket hang up'));
        const result = perform();
        if (outcome === 'lost-after') return reject(new Error('socket hang up'));
        resolve(result);
      },
    };
  });
}

/** Until whoever runs has called a service or is over: nothing here waits for anything else. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Plays two deliveries, each ended at any point or not at all, in every order of their steps, of time, and of receipts.
 * @param begin makes a new scenario for each play. @param judge is asked after each; the world is quiet by then.
 * @returns how many plays there were.
 */
export async function explore(begin: () => Scenario, judge: (world: World, moves: readonly string[]) => Promise<void>) {
  // Numbers of moves. Each play follows the script, and takes the first move where it ends.
  for (let plays = 1, script: readonly number[] | undefined = []; ; plays++) {
    script = next(await play(begin(), script, judge));
    if (!script) return plays;
  }
}

interface Taken {
  readonly chosen: number;
  readonly of: number;
}

/** The same moves up to the last one that had an alternative, and that. @returns undefined where none had. */
function next(taken: readonly Taken[]): readonly number[] | undefined {
  const last = taken.findLastIndex(({ chosen, of }) => chosen + 1 < of);
  if (last < 0) return undefined;
  return taken.slice(0, last + 1).map(({ chosen }, i) => (i === last ? chosen + 1 : chosen));
}

async function play(
  scenario: Scenario,
  script: readonly number[],
  judge: (world: World, moves: readonly string[]) => Promise<void>,
): Promise<Taken[]> {
  let now = 0;
  const receipts: { latest: number; arrive: () => void }[] = [];
  const world: World = {
    get now() {
      return now;
    },
    sendReceipt: (latest, arrive) => void receipts.push({ latest, arrive }),
  };
  const deliveries: Delivery[] = [];
  const start = (name: string) => () => {
    const delivery: Delivery = { name, deadline: now + scenario.timeout, pending: undefined, over: false };
    deliveries.push(delivery);
    const finish = () => {
      delivery.over = true;
    };
    current.run(delivery, () => scenario.deliver(world).then(finish, finish));
  };
  const end = (delivery: Delivery) => {
    delivery.over = true;
    delivery.pending = undefined;
  };
  const arrive = (index: number) => () => receipts.splice(index, 1)[0]?.arrive();
  const pass = (to: number) => () => {
    now = to;
    for (const delivery of deliveries) if (delivery.deadline < now) end(delivery);
    for (const { latest } of [...receipts]) {
      if (latest < now) arrive(receipts.findIndex((one) => one.latest === latest))();
    }
  };
  const moves = (): Move[] => {
    const found: Move[] = [];
    const living = deliveries.filter(({ over }) => !over);
    for (const delivery of living) {
      for (const outcome of delivery.pending?.outcomes ?? []) {
        const { name, pending } = delivery;
        found.push({ name: `${name}: ${outcome}`, make: () => pending?.perform(outcome) });
      }
      // Ended before it reads is ended after what it did before.
      if (delivery.pending?.changes) found.push({ name: `${delivery.name} ends`, make: () => end(delivery) });
    }
    if (receipts.length > 0) found.push({ name: 'receipt', make: arrive(0) });
    const ahead = [
      ...receipts.map(({ latest }) => latest),
      ...living.map(({ deadline }) => deadline),
      ...scenario.times(),
    ];
    const next = Math.min(...ahead.filter((time) => time >= now));
    if (Number.isFinite(next) && (living.length > 0 || deliveries.length < 2)) {
      found.push({ name: `it is ${next + 1}`, make: pass(next + 1) });
    }
    // Last: that one delivery follows the other is simpler than both at once, and is played first.
    if (deliveries.length < 2) {
      const name = `delivery ${deliveries.length + 1}`;
      found.push({ name, make: start(name) });
    }
    return found;
  };

  const taken: Taken[] = [];
  const names: string[] = [];
  for (;;) {
    const possible = moves();
    if (deliveries.length === 2 && deliveries.every(({ over }) => over)) break;
    const chosen = script[taken.length] ?? 0;
    taken.push({ chosen, of: possible.length });
    const move = possible[chosen] as Move;
    names.push(move.name);
    move.make();
    await settled();
  }
  while (receipts.length > 0) arrive(0)();
  const later = [now, ...scenario.times(), ...deliveries.map(({ deadline }) => deadline)];
  now = Math.max(...later) + 1;
  await judge(world, names);
  return taken;
}
