import type { Work } from '../jobs/work.ts';
import type { Invocation } from '../observe/observe.ts';

/** An event that leaves work behind; its sender does not wait for an answer. */
export interface WorkEvent {
  /** Whether an event is meant to be of this kind; `read` finds what is wrong with it. */
  recognises(event: unknown): boolean;
  /**
   * @param messageId what the message that carried the event is known by.
   * @returns nothing where the event asks for nothing.
   * @throws RequestError `request-invalid`, `key-invalid`.
   */
  read(event: unknown, messageId: string): Work[];
}

/** An event whose sender waits for the answer. */
export interface AnsweredEvent {
  /** Whether an event is meant to be of this kind; `answer` finds what is wrong with it. */
  recognises(event: unknown): boolean;
  /** @throws RequestError `request-invalid`, and what reading and asking throw. */
  answer(event: unknown, invocation?: Invocation): Promise<object>;
}

/** Whether an event is an object that has a field. */
export function hasField(event: unknown, name: string): boolean {
  return typeof event === 'object' && event !== null && name in event;
}
