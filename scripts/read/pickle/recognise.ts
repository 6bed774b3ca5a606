import { OPCODES } from './machine/opcodes.ts';

const PROTO = 0x80;

/**
 * Protocols 0 and 1 have no header: what a container, an instance or a name begins with, and what is put into the memo
 * next. `cat`, `dog` on two lines is a name too, and a list of labels.
 */
const TEXT_PROTOCOL =
  /^\(*([ci][\w.]+\n[\w.]+\n(p\d+\n|q[^ -~]|[()])|[dlt]p\d+\n|[\]}](q[^ -~]|\()|S['"]|V\{|X[\s\S]{4}\{)/;

/** Whether the first bytes (not compressed) are those of a pickle: a protocol that exists and an opcode after it. */
export function looksLikePickle(head: Uint8Array): boolean {
  const [first, protocol = 0, next = 0] = head;
  if (first === PROTO) return protocol >= 2 && protocol <= 5 && (next === 0x2e || OPCODES[next] !== undefined);
  return TEXT_PROTOCOL.test(Buffer.from(head.subarray(0, 256)).toString('latin1'));
}
