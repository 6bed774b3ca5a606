import { expected } from '@freezeframe/inference';
import { checkLimit, ImportError } from './import-error.ts';
import { MAX_JSON_BYTES, MAX_JSON_DEPTH } from './limits.ts';

/** What Python's json module writes besides JSON, and JSON for it (1e999 is read as infinity). */
const PYTHON_NUMBERS = new Map([
  ['NaN', 'null'],
  ['Infinity', '1e999'],
]);

/**
 * JSON from outside, as Python writes it too: `Infinity` is read, `NaN` is null.
 * @param where for messages: `config.json`
 * @throws ImportError `limit-exceeded` before parsing what is too long or too deep, `file-damaged` for what is not JSON
 */
export function parseJson(content: Uint8Array | string, where: string): unknown {
  checkLimit(content.length, MAX_JSON_BYTES, 'bytes', where);
  const text = typeof content === 'string' ? content : decode(content, where);
  const depth = jsonDepth(text);
  checkLimit(depth, MAX_JSON_DEPTH, 'levels', `the depth of ${where}`);
  try {
    return JSON.parse(withoutPythonNumbers(text));
  } catch (cause) {
    throw new ImportError('file-damaged', `${where} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function decode(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ImportError('file-damaged', expected('UTF-8 text', where, 'other bytes'), { cause });
  }
}

/** How deep arrays and objects nest, without parsing: a parser's stack would end first. */
function jsonDepth(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x5b || c === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (c === 0x5d || c === 0x7d) depth--;
  }
  return deepest;
}

/** Text that is JSON but for Python's words for numbers, as JSON. */
export function withoutPythonNumbers(text: string): string {
  if (!text.includes('NaN') && !text.includes('Infinity')) return text;
  // A string is matched whole, so that the words inside strings stay.
  return text.replace(/"(?:[^"\\]|\\.)*"|NaN|Infinity/g, (part) => PYTHON_NUMBERS.get(part) ?? part);
}
