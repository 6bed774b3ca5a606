import { describe, expect, it } from 'vitest';
import { standInFor } from '../../../../functions/http/gateway/stand-in.ts';

class Original {
  static readonly kind = 'original';
  readonly #name: string;
  constructor(name: string) {
    this.#name = name;
  }
  get name(): string {
    return this.#name;
  }
  shout(): string {
    return this.#name.toUpperCase();
  }
}

class StandIn {
  made = 0;
  get name(): string {
    return 'own';
  }
  static real(instance: StandIn): Original {
    instance.made++;
    return new Original('real');
  }
}

standInFor(StandIn, Original, new Set(['constructor', 'name']), StandIn.real);

describe('standInFor', () => {
  it('passes for the original, its static members included', () => {
    expect(new StandIn()).toBeInstanceOf(Original);
    expect((StandIn as unknown as typeof Original).kind).toBe('original');
  });

  it('asks a real one for what the class does not answer itself', () => {
    const instance = new StandIn();
    expect([instance.name, instance.made]).toEqual(['own', 0]);
    expect((instance as unknown as Original).shout()).toBe('REAL');
    expect(instance.made).toBe(1);
  });
});
