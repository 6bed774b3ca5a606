import { FreezeframeError } from '@freezeframe/inference';
import { printable, printableJson } from './printable.ts';

/** Prints one result on stdout: a JSON line for machines, or what `human` says. Everything else belongs on stderr. */
export function reportResult(result: unknown, json: boolean, human: () => string): void {
  process.stdout.write(`${json ? printableJson(result) : printable(human())}\n`);
}

/**
 * Prints why a command failed: `{"error": {"code", "message", "details"}}` on stdout with `--json`, sentences on stderr
 * otherwise. A failure that nobody foresaw keeps its stack, so that it can be reported.
 */
export function reportFailure(error: unknown, json: boolean): void {
  const known = error instanceof FreezeframeError;
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const remedy = known && error.remedy ? { remedy: error.remedy } : {};
    const code = known ? error.code : 'internal';
    process.stdout.write(
      `${printableJson({ error: { code, message, details: known ? error.details : {}, ...remedy } })}\n`,
    );
  }
  const text = known ? message : error instanceof Error && error.stack ? error.stack : message;
  process.stderr.write(`freezeframe: ${printable(text)}\n`);
  if (known && error.remedy) process.stderr.write(`  ${printable(error.remedy)}\n`);
}
