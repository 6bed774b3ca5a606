import { OPCODES } from './opcodes.ts';

const PROTO = 0x80;

/** Protocols 0 and 1 have no header: what a container, an instance or a name begins with. */
const TEXT_PROTOCOL = /^(c[\w.]+\n[\w.]+\n|\((c[\w.]+\n|i[\w.]+\n|[dlt]p\d+\n|[\]}(]|[SVIFLKUX])|[\]}]q|\]\(|\}\()/;

/** Whether the first bytes (not compressed) are those of a pickle: a protocol that exists and an opcode after it. */
export function looksLikePickle(head: Uint8Array): boolean {
  const [first, protocol = 0, next = 0] = head;
  if (first === PROTO) return protocol >= 2 && protocol <= 5 && (next === 0x2e || OPCODES[next] !== undefined);
  return TEXT_PROTOCOL.test(Buffer.from(head.subarray(0, 256)).toString('latin1'));
}
