import { describe, expect, it } from 'vitest';
import { EventMemory } from '../../../../scripts/local/http/event-memory.ts';
import { REQUEST_PAYLOAD_LIMIT } from '../../../../scripts/local/http/limits.ts';

describe('EventMemory', () => {
  it('gives what came back, and never the same to two at once', () => {
    const memory = new EventMemory();
    const first = memory.take(100_000) as Buffer;
    const second = memory.take(100_000);
    expect(first.length).toBe(REQUEST_PAYLOAD_LIMIT);
    // (Not `expect(second).not.toBe(first)`: vitest then compares six million bytes, one by one.)
    expect(second === first).toBe(false);
    memory.giveBack(first);
    expect(memory.take(4_000_000) === first).toBe(true);
    expect(memory.take(4_000_000) === first).toBe(false);
  });

  it('is not for small bodies, nor for those that do not say how large they are', () => {
    const memory = new EventMemory();
    expect(memory.take(1000)).toBeUndefined();
    expect(memory.take(Number.NaN)).toBeUndefined();
    memory.giveBack(undefined);
    expect(memory.take(100_000)).toBeInstanceOf(Buffer);
  });

  it('keeps no more than a few', () => {
    const memory = new EventMemory();
    const rooms = Array.from({ length: 6 }, () => memory.take(100_000));
    for (const room of rooms) memory.giveBack(room);
    const again = Array.from({ length: 6 }, () => memory.take(100_000));
    expect(again.filter((room) => rooms.includes(room))).toHaveLength(4);
  });
});
