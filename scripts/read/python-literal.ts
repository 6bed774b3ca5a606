/** Strings in either quotes, also one that never ends; a whole number as a key; or a constant. */
const PYTHON = /'((?:[^'\\]|\\.)*)(?:'|$)|"((?:[^"\\]|\\.)*)(?:"|$)|(\d{1,9})(?=\s*:)|\b(True|False|None)\b/gs;

const CONSTANTS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/** Python's `{0: 'cat', 1: "bee's"}` as JSON; JSON stays what it is. Nothing is run: what is neither is no JSON afterwards. */
export function literalAsJson(text: string): string {
  return text.replace(
    PYTHON,
    (_, single?: string, double?: string, index?: string, constant = '') =>
      CONSTANTS[constant] ??
      JSON.stringify(index ?? (single ?? double ?? '').replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|(.))/gis, unescaped)),
  );
}

function unescaped(_: string, four?: string, two?: string, one = ''): string {
  const code = four ?? two;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  return { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[one] ?? one;
}
